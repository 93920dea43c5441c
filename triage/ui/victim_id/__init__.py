"""The bench for victim identification."""
