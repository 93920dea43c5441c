"""Use cases that serve the person at the workstation: their own views, what became of their work, what they keep away from."""
