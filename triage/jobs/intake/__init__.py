"""Importing bundles: documents first, then media, then judgement."""
