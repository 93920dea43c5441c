"""Pages of administrators: what needs attention, users, policies, hash lists, keys, backups, destruction, statistics."""
