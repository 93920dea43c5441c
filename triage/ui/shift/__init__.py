"""The page of shifts: what is open when a shift ends, and whether the next person has read it."""
