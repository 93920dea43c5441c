"""What is shown: the queue, reports, media, matches of outside files."""
