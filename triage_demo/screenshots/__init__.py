"""Pictures of the screens for the guide."""
