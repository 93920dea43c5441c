"""Carries work between workstations: packages out, results back, and what both sides changed."""
