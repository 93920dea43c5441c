"""Training: a store with invented data only, tutorials by role, and checks of what the trainee did."""
