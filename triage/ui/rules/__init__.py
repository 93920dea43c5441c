"""The rules editor: what rules say, trials, use."""
