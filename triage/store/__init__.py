"""Stores everything of one office in one encrypted folder: database, vault, key file and audit log.

docs/architecture.md describes the layers; triage/store/store.py lists the files of the folder.
"""
