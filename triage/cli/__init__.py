"""The command line: one thin command a job. Names, JSON keys and exit codes are a contract other programs rely on."""
