"""Taking bundles in: documents first, then media, then judgement."""
