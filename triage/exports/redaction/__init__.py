"""The redacted edition of a packet: without what identifies a child, and without perceptual hashes."""
