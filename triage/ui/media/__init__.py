"""Files of a report: blurred thumbnails, the reveal ladder, grades."""
