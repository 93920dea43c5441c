"""What the page of a case shows, put together from the parts of the store."""
