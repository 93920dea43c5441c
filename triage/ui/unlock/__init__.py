"""Signing in: first start, unlock, lock, idle."""
