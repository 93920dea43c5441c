"""Hash lists: added, removed, and where they meet the store."""
