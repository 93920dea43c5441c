"""Import: form, progress, quarantined files."""
