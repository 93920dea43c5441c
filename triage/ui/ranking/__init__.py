"""How good the ranking is: the sample and its outcomes."""
