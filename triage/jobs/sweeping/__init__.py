"""The background comparison: crops, rotations, possible matches."""
