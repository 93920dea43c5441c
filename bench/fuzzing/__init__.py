"""What bench/fuzz.py is made of: seeds, mutations, and the targets they are sent through."""
