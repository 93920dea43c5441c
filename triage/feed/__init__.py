"""The synthetic national feed: benign pictures, invented people, every corner of the formats."""
