"""What is known of a report or file at a moment: grades, deadlines, the child lane."""
