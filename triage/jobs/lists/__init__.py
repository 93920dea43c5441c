"""Hash lists: adding and removing them, and their matches with the store."""
