"""What bench/mutants.py is made of: the drawing of mutants, the map of which test reaches what, and the copy of the tree."""
