"""Hash lists, and where they meet the store."""
