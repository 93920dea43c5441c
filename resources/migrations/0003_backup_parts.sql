-- The keys of the parts that make up a backup's copy of the database. All go with a destruction: a later state is never added to parts
-- that hold what was destroyed.
CREATE TABLE backup_part (
    backup   TEXT NOT NULL,
    number   INTEGER NOT NULL,                -- of the backup that wrote the part
    key      BLOB NOT NULL,
    key_file BLOB NOT NULL,                   -- SHA-256 of the key file of then: nothing is added to parts from before it changed
    PRIMARY KEY (backup, number)
) STRICT, WITHOUT ROWID;
