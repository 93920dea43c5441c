"""Grades that wait for a second person."""
