"""What people decide: reports, grades, cases, the child lane, what belongs together."""
