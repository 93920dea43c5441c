"""Shows one report: each module builds a card of the report page."""
