-- The right edge of the audit log's tree at a backup's state: the roots of its full subtrees, the largest first, 32 bytes each. From it
-- the next backup proves with the new entries alone that the log goes on from there. NULL: the log is read from its beginning.
ALTER TABLE backup ADD COLUMN frontier BLOB;
