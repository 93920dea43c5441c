"""Everything that is shown: the queue, reports, media, and matches of outside files."""
