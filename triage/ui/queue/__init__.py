"""The queue: lanes, table, side panel, export."""
