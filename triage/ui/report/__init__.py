"""The sections of a report's page, one file each: every one takes the report as shown and builds a card."""
