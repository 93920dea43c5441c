"""The background comparison: crops, rotations and possible matches."""
