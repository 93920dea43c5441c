"""The national exercise: a month of a headquarters and its offices on paper, to see that nothing is lost between them."""
