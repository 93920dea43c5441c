"""The page of a training store: lessons, tasks that the program checks, and the certificate."""
