"""Reads the text of files that came with a report: chat logs as text, tables, HTML, JSON, mail and PDF.

Pure functions of bytes. They run in the sandbox and open nothing that a file names.
"""
