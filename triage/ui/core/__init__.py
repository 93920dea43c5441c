"""What pages share: the calls into jobs, the runner of long jobs, preferences, forms."""
