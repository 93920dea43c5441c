-- Digests fall anywhere in an index: with many files stored, each import wrote nearly all its pages anew. Where bytes lay is known by path.
DROP INDEX entry_sha256;
