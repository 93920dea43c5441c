"""Names of the resource files that the reader of texts shares with others."""

WEIGHTS = "weights.npz"
"""The trained classifier."""
