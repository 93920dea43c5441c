"""Exports: evidence packets, queues and certificates, written, signed and verified.

They know no store.
"""
