"""What people say of matches: pairs, held hashes, grades."""
