"""How two files match, in words and as a pair."""
