"""The person's own page: their views, what they keep away from, what became of their work, and where to find help."""
