"""Keeping the store: keys, backups, checks, destruction."""
