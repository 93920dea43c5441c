"""People's decisions on matches: pairs, held hashes and grades."""
