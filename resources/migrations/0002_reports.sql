-- Reports, their sources and files, what was concluded of them and what people decided.
-- Personal text lives in erasable rows here, never in the record.

CREATE TABLE bundle (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    finished TEXT,                      -- NULL: interrupted, or still running
    user_id INTEGER NOT NULL,
    received_from TEXT, medium TEXT, note TEXT,
    paths TEXT NOT NULL                 -- JSON array of the paths as given
);

-- Original bytes of documents and of what was set aside, once each.
CREATE TABLE original (
    sha256 TEXT PRIMARY KEY, item INTEGER NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;

-- Every entry of every bundle: the receipt, also for bytes that changed nothing.
CREATE TABLE entry (
    bundle_id INTEGER NOT NULL REFERENCES bundle(id), path TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (bundle_id, path)
) WITHOUT ROWID;
CREATE INDEX entry_sha256 ON entry (sha256);

CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,        -- NCMEC's, or L-<16 hex> until it arrives
    version INTEGER NOT NULL
);
CREATE TABLE alias (number TEXT PRIMARY KEY, report_id INTEGER NOT NULL REFERENCES report(id)) WITHOUT ROWID;
CREATE TABLE version (
    report_id INTEGER NOT NULL REFERENCES report(id), n INTEGER NOT NULL,
    imported TEXT NOT NULL, bundle_id INTEGER NOT NULL REFERENCES bundle(id), changes TEXT NOT NULL,
    PRIMARY KEY (report_id, n)
) WITHOUT ROWID;

-- A document that speaks of a report, from version `since` until (not including) version `until`.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES report(id),
    slot TEXT NOT NULL, format TEXT NOT NULL, path TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES original(sha256),
    parsed BLOB NOT NULL,               -- the Document as JSON
    since INTEGER NOT NULL, until INTEGER
);
CREATE INDEX source_report ON source (report_id);
CREATE INDEX source_sha256 ON source (sha256);

CREATE TABLE medium (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE, md5 TEXT NOT NULL, sha1 TEXT NOT NULL, size INTEGER NOT NULL,
    item INTEGER NOT NULL,
    facts BLOB,                         -- MediaFacts as MessagePack; NULL: sealed, not measured yet
    pdq BLOB, quality INTEGER
);
CREATE INDEX medium_md5 ON medium (md5);
CREATE INDEX medium_pending ON medium (id) WHERE facts IS NULL;

CREATE TABLE occurrence (
    id INTEGER PRIMARY KEY,
    report_id INTEGER REFERENCES report(id),    -- NULL: media without a report, kept under the bundle
    bundle_id INTEGER NOT NULL REFERENCES bundle(id),
    medium_id INTEGER NOT NULL REFERENCES medium(id),
    name TEXT NOT NULL, path TEXT NOT NULL, level TEXT NOT NULL
);
CREATE INDEX occurrence_report ON occurrence (report_id);
CREATE INDEX occurrence_medium ON occurrence (medium_id);

-- Pairs of pictures within the match radius; a < b.
CREATE TABLE near (
    a INTEGER NOT NULL REFERENCES medium(id), b INTEGER NOT NULL REFERENCES medium(id), distance INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX near_b ON near (b);

CREATE TABLE set_aside (
    id INTEGER PRIMARY KEY,
    bundle_id INTEGER NOT NULL REFERENCES bundle(id),
    path TEXT NOT NULL, reason TEXT NOT NULL,
    sha256 TEXT,                        -- into original or medium; NULL when even the bytes could not be read
    UNIQUE (path, sha256, reason)
);

-- What two reports may share.
CREATE TABLE tie (
    kind TEXT NOT NULL, value TEXT NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id), strength INTEGER NOT NULL,
    day INTEGER,                        -- of the incident, days since 1970: a number that is reissued ties less
    PRIMARY KEY (kind, value, report_id)
) WITHOUT ROWID;
CREATE INDEX tie_report ON tie (report_id);

-- Reports whose card has to be made again; emptied by `assess`.
CREATE TABLE stale (report_id INTEGER PRIMARY KEY REFERENCES report(id));

CREATE TABLE card (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    location BLOB NOT NULL, score BLOB NOT NULL, clocks BLOB NOT NULL, links BLOB NOT NULL, rescore_at TEXT
);

-- Words that queue rows share, as small integers.
CREATE TABLE code (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, word TEXT NOT NULL, UNIQUE (kind, word));

-- All queue facts in one narrow table, so that an index or a copy in memory serves any filter and sort.
CREATE TABLE queue (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    band INTEGER NOT NULL,              -- 0 is A
    risk INTEGER NOT NULL, actionability INTEGER NOT NULL,          -- tenths
    due INTEGER, due_name INTEGER,      -- seconds since 1970; code
    esp INTEGER, incident_type INTEGER, office INTEGER,             -- codes
    received INTEGER, received_estimated INTEGER NOT NULL,
    status INTEGER NOT NULL, assignee INTEGER,
    flags INTEGER NOT NULL,             -- bit n: the flag whose code has rank n
    in_pakistan INTEGER, province INTEGER,
    duplicates_of INTEGER,
    files INTEGER NOT NULL, files_present INTEGER NOT NULL,
    number_key TEXT NOT NULL            -- report number, padded so that it sorts as a number
);
CREATE INDEX queue_order ON queue (band, risk DESC, actionability DESC, due, number_key);
CREATE INDEX queue_status ON queue (status, band, risk DESC, actionability DESC, due, number_key);
CREATE INDEX queue_due ON queue (due);

CREATE VIRTUAL TABLE report_text USING fts5 (body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2");

CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES report(id),
    taken TEXT NOT NULL, user_id INTEGER NOT NULL,
    status TEXT NOT NULL, reason TEXT, note TEXT, assignee INTEGER,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX decision_report ON decision (report_id);

CREATE TABLE hash_list (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, profile TEXT, added TEXT NOT NULL,
    sha256 TEXT NOT NULL, entries INTEGER NOT NULL, unmatched TEXT NOT NULL      -- JSON: hash kinds kept but not compared
);
CREATE TABLE hash_entry (
    hash_kind TEXT NOT NULL, value BLOB NOT NULL, list_id INTEGER NOT NULL REFERENCES hash_list(id), category TEXT,
    PRIMARY KEY (hash_kind, value, list_id)
) WITHOUT ROWID;
CREATE INDEX hash_entry_list ON hash_entry (list_id);

-- A person's own account of what they looked at; private to them.
CREATE TABLE exposure (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, began TEXT NOT NULL, milliseconds INTEGER NOT NULL,
    step INTEGER NOT NULL, medium_id INTEGER NOT NULL REFERENCES medium(id), report_id INTEGER REFERENCES report(id)
);
CREATE INDEX exposure_user ON exposure (user_id, began);
