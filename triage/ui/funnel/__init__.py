"""The screen of the funnel."""
