"""Defines the command line: one thin command for each use case.

Names, JSON keys and exit codes are a contract on which other programs rely.
"""
