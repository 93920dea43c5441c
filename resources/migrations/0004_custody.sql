-- How bundles come and how exports leave, and the few policies of the desk.

ALTER TABLE bundle ADD COLUMN delivered_by TEXT;
ALTER TABLE bundle ADD COLUMN received_at TEXT;          -- as the person said it; started is the workstation's own time
ALTER TABLE bundle ADD COLUMN medium_serial TEXT;
ALTER TABLE bundle ADD COLUMN seal TEXT;
ALTER TABLE bundle ADD COLUMN write_blocked INTEGER;     -- 1, 0, or NULL: not said

-- What was handed over, hashed as received: a file by its bytes, a folder by the sorted list of its entries' digests.
CREATE TABLE container (
    bundle_id INTEGER NOT NULL REFERENCES bundle(id), path TEXT NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (bundle_id, path)
) WITHOUT ROWID;

CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY, written TEXT NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    sha256 TEXT NOT NULL, recipients TEXT NOT NULL, handed_to TEXT, medium TEXT, medium_serial TEXT, note TEXT
);

CREATE TABLE policy (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
