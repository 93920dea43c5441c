"""The synthetic national feed: benign drawn images, invented people, and every variant of the formats."""
