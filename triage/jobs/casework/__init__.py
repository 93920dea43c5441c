"""What people decide: outcomes, cases, notices, the child lane."""
