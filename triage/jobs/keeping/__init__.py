"""Keys, backups, checks, destruction."""
