"""The present state of a report or file: grades, deadlines, the child lane."""
