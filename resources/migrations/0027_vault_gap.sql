-- Bytes of the vault that belong to no item: what an unfinished batch left, or what lay there when an administrator accepted a
-- loss. Nothing of the vault is deleted; these bytes stay where they are and are accounted for.
CREATE TABLE vault_gap (
    pack   INTEGER NOT NULL REFERENCES vault_pack,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL CHECK (length > 0),
    PRIMARY KEY (pack, offset)
) STRICT, WITHOUT ROWID;

-- A destruction that was committed, while older pages of the database may still hold what it erased. The row goes when the
-- database was rebuilt without them (triage/store/compaction.py).
CREATE TABLE compaction_owed (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    since TEXT NOT NULL
) STRICT;
