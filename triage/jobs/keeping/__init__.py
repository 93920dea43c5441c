"""Keys, backups, checks and destruction."""
