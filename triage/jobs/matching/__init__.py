"""Matches files with files, and files with hash lists."""
