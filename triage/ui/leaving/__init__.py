"""Dialogs for what leaves the store, with a preview before it is written, and for what papers say of people."""
