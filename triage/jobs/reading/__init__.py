"""What is shown: the queue, one report, its media."""
