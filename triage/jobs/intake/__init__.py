"""Taking bundles in, and the book of what came."""
