"""Measures whether the reports in which a child is in danger come first, on invented months whose truth does not follow the type."""
