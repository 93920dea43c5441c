"""Cards: what is judged, by which rules, by whom, and whether the ranking is right."""
