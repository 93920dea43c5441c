"""The outputs, a module for each subject. Each has OUTPUTS, a tuple of `Output`."""
