"""Translates words and formats times, reports and cases for screens."""
