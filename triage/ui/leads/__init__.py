"""Screens beside the queue: cases, grades that wait, whether the ranking is right, and the rules."""
