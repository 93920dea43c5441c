"""The graph of what ties reports: drawn, and as a list."""
