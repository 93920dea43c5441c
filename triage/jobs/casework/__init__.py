"""Decisions on reports, cases, preservation notices and the child lane."""
