"""Generic widgets: nothing here knows a feature."""
