"""Pairs side by side: possible matches, held hashes, comparison."""
