"""Victim identification: series of near and linked media, clues in words, and the recorded state."""
