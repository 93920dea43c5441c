"""Score cards, rules and samples."""
