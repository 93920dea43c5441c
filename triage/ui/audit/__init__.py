"""Pages of auditors: the audit log, its verification, what left, and the log of the program."""
