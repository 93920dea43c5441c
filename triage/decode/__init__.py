"""The decoder: confined worker processes that read hostile media, and the host's side of them (docs/architecture.md)."""
