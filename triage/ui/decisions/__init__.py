"""Dialogs in which a report is decided or assigned."""
