-- The ground of a store: who it is, who may open it, what was done, and where the sealed bytes lie.

CREATE TABLE store (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    uuid           TEXT NOT NULL,
    created        TEXT NOT NULL,
    key_generation INTEGER NOT NULL,          -- of the key file that belongs to this state
    key_digest     BLOB NOT NULL              -- SHA-256 of that key file
) STRICT;

CREATE TABLE user (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,            -- normalised, for comparing
    roles    TEXT NOT NULL,                   -- sorted, separated by spaces
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
) STRICT;

-- The record: entries are leaves of an RFC 6962 tree. Only ever appended to.
CREATE TABLE record_entry (
    n    INTEGER PRIMARY KEY,                 -- 0, 1, 2 ... : the index of the leaf
    json TEXT NOT NULL,                       -- canonical JSON
    leaf BLOB NOT NULL
) STRICT;

CREATE TABLE record_state (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    commits        INTEGER NOT NULL,          -- counts transactions; the head names the same number
    count          INTEGER NOT NULL,
    root           BLOB NOT NULL,
    frontier       BLOB NOT NULL,             -- roots of the full subtrees, largest first, 32 bytes each
    previous_count INTEGER NOT NULL,          -- as they were at the commit before
    previous_root  BLOB NOT NULL
) STRICT;

-- The vault: sealed items in append-only pack files. The items of a pack lie side by side without a gap.
CREATE TABLE vault_pack (
    number INTEGER PRIMARY KEY,
    length INTEGER NOT NULL                   -- committed bytes; what lies behind them was never acknowledged
) STRICT;

CREATE TABLE vault_item (
    id     INTEGER PRIMARY KEY,
    pack   INTEGER NOT NULL REFERENCES vault_pack,
    offset INTEGER NOT NULL,                  -- of the first sealed byte in the pack
    size   INTEGER NOT NULL,                  -- of the plain bytes
    key    BLOB,                              -- 32 bytes; NULL once the item was destroyed
    sha256 BLOB NOT NULL                      -- of the plain bytes
) STRICT;
