"""The grid of blurred thumbnails in which files are seen, sorted and graded together."""
