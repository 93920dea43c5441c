-- The schema of a store, by subject. Times are ISO 8601 text in UTC unless a comment says otherwise; `..._id` names a row elsewhere.
-- Personal text lives in rows that can be erased, never in the audit log.

-- == The store and its users ==

CREATE TABLE store (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    uuid           TEXT NOT NULL,
    created        TEXT NOT NULL,
    key_generation INTEGER NOT NULL,          -- of the key file that belongs to this state
    key_digest     BLOB NOT NULL              -- SHA-256 of that key file
) STRICT;

CREATE TABLE user (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    name           TEXT NOT NULL,
    name_key       TEXT NOT NULL UNIQUE,      -- normalised, for comparing
    roles          TEXT NOT NULL,             -- sorted, separated by spaces
    disabled       INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created        TEXT,
    created_by     INTEGER,                   -- NULL: the first user, or unknown
    consented_by   INTEGER,                   -- NULL: the store had one user then, or unknown
    passphrase_set TEXT,
    passphrase_by  INTEGER,                   -- the user who set it; 0: the recovery key; NULL: unknown
    recovered      TEXT,                      -- when the recovery key gave this user a new passphrase
    confirmed      TEXT,                      -- when somebody else confirmed that it was this person
    confirmed_by   INTEGER,
    full_name      TEXT NOT NULL DEFAULT '',  -- for papers; empty: not stated
    rank           TEXT NOT NULL DEFAULT '',
    badge          TEXT NOT NULL DEFAULT '',
    post           TEXT NOT NULL DEFAULT ''
) STRICT;

-- Wrong passphrases of second persons, by the user in whose session they were typed.
CREATE TABLE consent_failure (
    id      INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user,
    failed  TEXT NOT NULL
) STRICT;
CREATE INDEX consent_failure_user ON consent_failure (user_id, failed);

-- To whom the halves of the recovery key were shown. The halves themselves are kept nowhere; `public` only seals to a half.
CREATE TABLE recovery_half (
    half      INTEGER NOT NULL CHECK (half IN (1, 2)),
    valid     INTEGER NOT NULL CHECK (valid IN (0, 1)),   -- 0: waits for the other half, the older pair still counts
    pair      BLOB NOT NULL,
    public    BLOB NOT NULL,
    custodian TEXT NOT NULL,
    shown_by  INTEGER NOT NULL REFERENCES user,
    shown     TEXT NOT NULL,
    second_id INTEGER REFERENCES user,                    -- who consented; NULL: the store had one user
    PRIMARY KEY (half, valid)
) STRICT;

-- Signing keys of other workstations, by fingerprint, so that what they signed is shown with a name.
CREATE TABLE trusted_key (
    fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, added TEXT NOT NULL, user_id INTEGER NOT NULL
) WITHOUT ROWID;

-- Settings of the office, by name.
CREATE TABLE policy (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- When the store was last checked, and its audit log last verified, as the start page of administrators says.
CREATE TABLE upkeep (
    what     TEXT PRIMARY KEY,                -- check, log, head
    done     TEXT NOT NULL,
    user_id  INTEGER NOT NULL,
    problems INTEGER NOT NULL
) WITHOUT ROWID;

-- A check of the vault in parts that has begun. It has no row when the last one came to its end.
CREATE TABLE check_round (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    begun    TEXT NOT NULL,
    up_to    INTEGER NOT NULL,                -- the last item of the vault that was read
    problems INTEGER NOT NULL
);

-- == The audit log: entries are leaves of an RFC 6962 tree, and are only ever appended ==

CREATE TABLE audit_entry (
    n    INTEGER PRIMARY KEY,                 -- 0, 1, 2 ... : the index of the leaf
    json TEXT NOT NULL,                       -- canonical JSON
    leaf BLOB NOT NULL
) STRICT;
-- The entries about a report, in a log of millions: those that name it alone, those that name several, and those of imports. An
-- entry that somebody made unreadable stands in none, and is found by verifying the log.
CREATE INDEX audit_entry_report ON audit_entry (json_extract(json, '$.about.report'))
    WHERE json_valid(json) AND json_extract(json, '$.about.report') IS NOT NULL;
CREATE INDEX audit_entry_reports ON audit_entry (n) WHERE json_valid(json) AND json_type(json, '$.about.reports') = 'array';
CREATE INDEX audit_entry_bundle ON audit_entry (json_extract(json, '$.about.bundle')) WHERE json_valid(json)
    AND json_extract(json, '$.kind') IN ('import started', 'container received', 'import completed', 'import finished');

CREATE TABLE audit_state (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    commits        INTEGER NOT NULL,          -- counts transactions; the log head names the same number
    count          INTEGER NOT NULL,
    root           BLOB NOT NULL,
    frontier       BLOB NOT NULL,             -- roots of the full subtrees, largest first, 32 bytes each
    previous_count INTEGER NOT NULL,          -- as they were at the commit before
    previous_root  BLOB NOT NULL
) STRICT;

-- == The vault: sealed items in append-only pack files; the items of a pack lie side by side ==

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
CREATE INDEX vault_item_destroyed ON vault_item (id) WHERE key IS NULL;

-- Bytes that belong to no item: what an unfinished batch left, or what lay there when an administrator accepted a loss.
CREATE TABLE vault_gap (
    pack   INTEGER NOT NULL REFERENCES vault_pack,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL CHECK (length > 0),
    PRIMARY KEY (pack, offset)
) STRICT, WITHOUT ROWID;

-- Inner archives that an import seals only to read them. Their keys are forgotten when it ends, or by the next import.
CREATE TABLE temporary_item (item INTEGER PRIMARY KEY);

-- == Bundles: what was imported, from whom, on which carrier ==

CREATE TABLE bundle (
    id             INTEGER PRIMARY KEY,
    started        TEXT NOT NULL,             -- by this machine's clock
    finished       TEXT,                      -- NULL: interrupted, or still running
    user_id        INTEGER NOT NULL,
    received_from  TEXT,
    delivered_by   TEXT,
    received_at    TEXT,                      -- as the person stated it
    carrier        TEXT,
    carrier_serial TEXT,
    seal           TEXT,
    write_blocked  INTEGER,                   -- 1, 0, or NULL: not stated
    note           TEXT,
    paths          TEXT NOT NULL,             -- JSON array of the paths as given
    completed_by   INTEGER REFERENCES bundle(id)  -- the later import that held all that this interrupted one took
);

-- What was handed over, hashed as received: a file by its bytes, a folder by the sorted list of its entries' digests.
CREATE TABLE container (
    bundle_id INTEGER NOT NULL REFERENCES bundle(id), path TEXT NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (bundle_id, path)
) WITHOUT ROWID;

-- Every entry of every bundle, also bytes that changed nothing. No index of digests: each import would write nearly all its pages.
CREATE TABLE bundle_entry (
    bundle_id INTEGER NOT NULL REFERENCES bundle(id), path TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    PRIMARY KEY (bundle_id, path)
) WITHOUT ROWID;

-- Original bytes of documents and of quarantined files, once each.
CREATE TABLE original (
    sha256 TEXT PRIMARY KEY, item INTEGER NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;

-- Input that could not be read.
CREATE TABLE quarantined (
    id        INTEGER PRIMARY KEY,
    bundle_id INTEGER NOT NULL REFERENCES bundle(id),
    path      TEXT NOT NULL,
    reason    TEXT NOT NULL,                  -- a message as JSON: key and values
    sha256    TEXT,                           -- of an original or a media item; NULL: even the bytes could not be read
    resolved  TEXT,                           -- when it could be read after all; NULL: it waits
    UNIQUE (path, sha256, reason)
);
CREATE INDEX quarantined_bundle ON quarantined (bundle_id);
CREATE INDEX quarantined_sha256 ON quarantined (sha256);
CREATE INDEX quarantined_waiting ON quarantined (id) WHERE resolved IS NULL;

-- Imports that people queued. Once an import has begun, its bundle holds paths and receipt, and they are empty here.
CREATE TABLE import_order (
    id        INTEGER PRIMARY KEY,
    place     INTEGER NOT NULL,               -- the order in which they run
    user_id   INTEGER NOT NULL,
    queued    TEXT NOT NULL,
    state     TEXT NOT NULL,                  -- waiting, running, paused, interrupted, stopped, failed, finished
    paths     TEXT NOT NULL,                  -- JSON array
    receipt   TEXT NOT NULL,                  -- JSON object
    passwords INTEGER NOT NULL,               -- how many were given; the passwords themselves are kept nowhere
    bundle_id INTEGER REFERENCES bundle(id),
    ended     TEXT,
    problem   TEXT,                           -- a message as JSON: why it failed
    result    TEXT                            -- JSON object: counts
);

-- == Reports and their sources ==

CREATE TABLE report (
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE,             -- NCMEC's, or L-<16 hex> until it arrives
    version INTEGER NOT NULL,
    first_number TEXT NOT NULL                -- the first it had; its exhibits are numbered under it for ever
);

-- Every number by which a report is known.
CREATE TABLE report_number (number TEXT PRIMARY KEY, report_id INTEGER NOT NULL REFERENCES report(id)) WITHOUT ROWID;
CREATE INDEX report_number_report ON report_number (report_id);

CREATE TABLE report_version (
    report_id INTEGER NOT NULL REFERENCES report(id), n INTEGER NOT NULL,
    imported TEXT NOT NULL, bundle_id INTEGER NOT NULL REFERENCES bundle(id), changes TEXT NOT NULL,
    PRIMARY KEY (report_id, n)
) WITHOUT ROWID;
CREATE INDEX report_version_bundle ON report_version (bundle_id);    -- the page of imports counts each bundle's reports

-- A document of a report, from version `since` until (not including) version `until`.
CREATE TABLE source (
    id        INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES report(id),
    slot      TEXT NOT NULL,
    format    TEXT NOT NULL,
    path      TEXT NOT NULL,
    sha256    TEXT NOT NULL REFERENCES original(sha256),
    exhibit   INTEGER NOT NULL,               -- given at receipt, 1, 2 ... in each report; equal bytes share it
    parsed    BLOB NOT NULL,                  -- the Document as JSON, compressed (triage/store/compression.py)
    since     INTEGER NOT NULL,
    until     INTEGER
);
CREATE INDEX source_report ON source (report_id, exhibit);
CREATE INDEX source_sha256 ON source (sha256, report_id);

-- A search takes its last word for the beginning of one. Beginnings of one or two letters have lists of their own: without them
-- the lists of thousands of words would be merged.
CREATE VIRTUAL TABLE report_text USING fts5 (
    body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2'
);
-- The texts that were written after the kept answers of `common_word`, once more; and how often each word stands in them.
CREATE VIRTUAL TABLE recent_text USING fts5 (
    body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2'
);
CREATE VIRTUAL TABLE recent_text_word USING fts5vocab (recent_text, 'row');
-- How often words of reports were written: while it is the same, a search finds the same. `recent` counts texts in `recent_text`.
CREATE TABLE report_text_state (writes INTEGER NOT NULL, recent INTEGER NOT NULL) STRICT;
INSERT INTO report_text_state VALUES (0, 0);
-- Words, and beginnings of words, of which it was counted how many of `tried` reports hold them. Of the common ones the reports
-- are kept as bits, 128,000 to a row, like the queue's. Key: common_word.id << 20 | block.
CREATE TABLE common_word (
    id INTEGER PRIMARY KEY, word TEXT NOT NULL, beginning INTEGER NOT NULL, tried INTEGER NOT NULL, kept INTEGER NOT NULL,
    UNIQUE (word, beginning)
) STRICT;
CREATE TABLE common_word_plane (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;

-- == Media items, and the files in which they occur ==

CREATE TABLE media_item (
    id      INTEGER PRIMARY KEY,
    sha256  TEXT NOT NULL UNIQUE,
    md5     TEXT NOT NULL,
    sha1    TEXT NOT NULL,
    size    INTEGER NOT NULL,
    item    INTEGER NOT NULL,                 -- in the vault
    facts   BLOB,                             -- MediaFacts as MessagePack; NULL: sealed, not measured yet
    pdq     BLOB,
    quality INTEGER,                          -- PDQ's, 0 to 100
    text    BLOB                              -- messages of a chat log as MessagePack; NULL: none
);
CREATE INDEX media_item_md5 ON media_item (md5);
CREATE INDEX media_item_pending ON media_item (id) WHERE facts IS NULL;
CREATE INDEX media_item_image ON media_item (id) WHERE pdq IS NOT NULL;      -- the gallery tells images without opening rows
CREATE INDEX media_item_quality ON media_item (quality) WHERE quality IS NOT NULL;

CREATE TABLE file (
    id            INTEGER PRIMARY KEY,
    report_id     INTEGER REFERENCES report(id),        -- NULL: a file without a report, kept under its bundle
    bundle_id     INTEGER NOT NULL REFERENCES bundle(id),
    media_item_id INTEGER NOT NULL REFERENCES media_item(id),
    name          TEXT NOT NULL,
    path          TEXT NOT NULL,
    level         TEXT NOT NULL,
    exhibit       INTEGER,                              -- given at receipt, 1, 2 ... in each report; NULL: without a report
    CHECK ((exhibit IS NULL) = (report_id IS NULL))
);
CREATE INDEX file_report ON file (report_id, exhibit);
CREATE INDEX file_media_item ON file (media_item_id, name);      -- the empty file may stand in every report

-- The hashes of each report's files: of the bytes when they came, else as the source declared them.
CREATE TABLE file_hash (
    hash_kind TEXT NOT NULL, value BLOB NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id),
    name      TEXT NOT NULL,                  -- of the file, for people
    declared  INTEGER NOT NULL,               -- 1: only the source states it, the bytes did not come
    PRIMARY KEY (hash_kind, value, report_id, name)
) WITHOUT ROWID;
CREATE INDEX file_hash_report ON file_hash (report_id);

-- The grave warnings that a source states of a file, or of its whole report (triage/wellbeing.py).
CREATE TABLE file_warning (
    report_id INTEGER NOT NULL REFERENCES report(id),
    sha256    TEXT NOT NULL,                  -- of the file's bytes; '': stated of the whole report
    warning   TEXT NOT NULL,                  -- as in GRAVE_ANNOTATIONS
    PRIMARY KEY (report_id, sha256, warning)
) STRICT, WITHOUT ROWID;

-- Perceptual hashes of an image and its crop windows (triage/hashing).
CREATE TABLE image_hashes (
    media_item_id INTEGER PRIMARY KEY REFERENCES media_item(id) ON DELETE CASCADE,
    -- -1: not compared yet, which its import does at its end; 0: compared upright as a whole; by the background comparison: 1 all
    -- matches, 2 possible matches, 3 uneven crops too. It stands before the hashes, so that a count does not read them.
    swept         INTEGER NOT NULL DEFAULT 0,
    unchecked     TEXT,                       -- why it could not be compared as an uneven crop when its turn came
    hashes        BLOB NOT NULL               -- whole, trimmed, then each crop window: PDQ and dHash
);
CREATE INDEX image_hashes_waiting ON image_hashes (media_item_id, swept) WHERE swept < 3;
CREATE INDEX image_hashes_uncompared ON image_hashes (media_item_id) WHERE swept < 0;
CREATE INDEX image_hashes_unchecked ON image_hashes (media_item_id) WHERE unchecked IS NOT NULL;

CREATE TABLE video (
    media_item_id  INTEGER PRIMARY KEY REFERENCES media_item(id) ON DELETE CASCADE,
    frames         BLOB NOT NULL,             -- hashes of its frames
    unkept_matches INTEGER NOT NULL DEFAULT 0,  -- videos that share frames with it, when they were too many to keep
    swept          INTEGER NOT NULL DEFAULT 0, -- 1: its frames were compared in all orientations; 2: another video stands for it
    compared       INTEGER NOT NULL DEFAULT 0  -- 1: with the images of the store
);
CREATE INDEX video_waiting ON video (media_item_id) WHERE swept = 0;
CREATE INDEX video_uncompared ON video (media_item_id) WHERE compared = 0;
CREATE INDEX video_with_frames ON video (media_item_id) WHERE length(frames) > 0;

-- == Matches: which media items are the same, by their hashes or by what people decided. The columns of a way stand in
-- triage/model/match_way.py ==

-- Two matching media items; a < b.
CREATE TABLE media_match (
    a            INTEGER NOT NULL REFERENCES media_item(id),
    b            INTEGER NOT NULL REFERENCES media_item(id),
    distance     INTEGER NOT NULL,
    hash_kind    TEXT NOT NULL DEFAULT 'pdq',
    asked_item   INTEGER NOT NULL,            -- the one of the two from which the way is seen
    asked_window TEXT NOT NULL DEFAULT 'whole',
    found_window TEXT NOT NULL DEFAULT 'whole',
    orientation  TEXT NOT NULL DEFAULT 'upright',
    searched     INTEGER NOT NULL DEFAULT 1,  -- 0: only a person joined the two, no search found them
    confirmed    TEXT,                        -- when a person confirmed it; NULL: by their hashes
    user_id      INTEGER,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX media_match_b ON media_match (b);

-- Two media items that may be the same; a < b. They wait for a person and count for nothing else.
CREATE TABLE possible_match (
    a              INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    b              INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    distance       INTEGER NOT NULL,
    dhash_distance INTEGER NOT NULL,
    asked_item     INTEGER NOT NULL,
    asked_window   TEXT NOT NULL DEFAULT 'whole',
    found_window   TEXT NOT NULL DEFAULT 'whole',
    orientation    TEXT NOT NULL DEFAULT 'upright',
    waits          INTEGER NOT NULL DEFAULT 1,       -- 0: decided; the row stays, since the decision may be withdrawn
    band           INTEGER NOT NULL DEFAULT 9,       -- the gravest of the reports that hold one of the two; 9: none does
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX possible_match_b ON possible_match (b);
CREATE INDEX possible_match_order ON possible_match (band, distance, a, b) WHERE waits = 1;     -- the work list

-- Two media items of which a person decided that they are not the same; a < b. No hash joins them again.
CREATE TABLE rejected_match (
    a        INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    b        INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    rejected TEXT NOT NULL,
    user_id  INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX rejected_match_b ON rejected_match (b);

-- An image that stands for its many near copies: they match it alone.
CREATE TABLE hub_image (media_item_id INTEGER PRIMARY KEY REFERENCES media_item(id) ON DELETE CASCADE);

-- Two videos that share frames; a < b.
CREATE TABLE video_match (
    a               INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    b               INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    relation        TEXT NOT NULL,            -- of a to b: same, part, holds, shares
    a_found         INTEGER NOT NULL,         -- frames of a that were found in b
    a_frames        INTEGER NOT NULL,
    b_found         INTEGER NOT NULL,
    b_frames        INTEGER NOT NULL,
    distinct_frames INTEGER NOT NULL,         -- found frames that do not match one another, counted as far as needed
    distance        INTEGER NOT NULL,         -- median of the found frames, in bits
    quality         INTEGER NOT NULL,         -- the lowest of the found frames
    a_window        TEXT NOT NULL DEFAULT 'whole',
    b_window        TEXT NOT NULL DEFAULT 'whole',
    orientation     TEXT NOT NULL DEFAULT 'upright',
    possible        INTEGER NOT NULL,         -- 1: a possible match
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX video_match_b ON video_match (b);

-- An image that matches a frame of a video.
CREATE TABLE frame_match (
    image        INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    video        INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    time_ms      INTEGER NOT NULL,            -- of the frame
    distance     INTEGER NOT NULL,
    quality      INTEGER NOT NULL,
    image_window TEXT NOT NULL DEFAULT 'whole',
    frame_window TEXT NOT NULL DEFAULT 'whole',
    orientation  TEXT NOT NULL DEFAULT 'upright',
    PRIMARY KEY (image, video)
) WITHOUT ROWID;
CREATE INDEX frame_match_video ON frame_match (video);

-- A hash that matches too many files has no effect until a lead decides. Either a list's hash or a hub image.
CREATE TABLE held_hash (
    id            INTEGER PRIMARY KEY,
    value         BLOB UNIQUE,
    media_item_id INTEGER UNIQUE REFERENCES media_item(id) ON DELETE CASCADE,
    since         TEXT NOT NULL,
    outcome       TEXT,                       -- 'confirmed' or 'rejected'; NULL: it waits
    decided       TEXT,
    user_id       INTEGER
);

-- == Hash lists ==

CREATE TABLE hash_list (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    profile    TEXT,
    added      TEXT NOT NULL,
    sha256     TEXT NOT NULL,         -- of the list's file
    format     TEXT NOT NULL DEFAULT '',
    entries    INTEGER NOT NULL,
    hash_kinds TEXT NOT NULL DEFAULT '{}',  -- JSON: distinct values by kind, all kinds
    unmatched  TEXT NOT NULL,         -- JSON: hash kinds that are kept but not compared
    remarks    TEXT NOT NULL DEFAULT '{}',  -- JSON: what could not be read, and notes
    radius     INTEGER,               -- bits of 256 at which its PDQ hashes match; NULL: the usual distance
    packed     INTEGER NOT NULL DEFAULT 0,  -- 1: a long list, whose MD5, SHA-1 and SHA-256 stand in list_block
    unfinished TEXT                   -- JSON: how far a long list was read; such a list has no effect. NULL: whole
);

-- What a list states of an entry. Entries of which it states the same, and no path, share a row.
CREATE TABLE list_entry (
    id       INTEGER PRIMARY KEY,
    list_id  INTEGER NOT NULL REFERENCES hash_list(id),
    category TEXT,                            -- verbatim, 'null' when empty, NULL when absent
    paths    TEXT,                            -- JSON array: where a seized device holds the file
    details  TEXT                             -- JSON object: series, victim_identified, tags ...
);
CREATE INDEX list_entry_list ON list_entry (list_id);

-- No reference to list_entry, or deleting a list would search this table once for each of its entries; both go together.
CREATE TABLE list_hash (
    hash_kind TEXT NOT NULL, value BLOB NOT NULL, list_id INTEGER NOT NULL, entry_id INTEGER NOT NULL,
    PRIMARY KEY (hash_kind, value, list_id, entry_id)
) WITHOUT ROWID;

-- Digests of a long list in order: some hundred a row, so that 100 million take little more room than their bytes.
-- entries: eight bytes a digest, or NULL when all are of entry_id.
CREATE TABLE list_block (
    id       INTEGER PRIMARY KEY,
    list_id  INTEGER NOT NULL,
    hash_kind TEXT NOT NULL,
    first    BLOB NOT NULL,
    digests  BLOB NOT NULL,
    entry_id INTEGER,
    entries  BLOB
);
CREATE INDEX list_block_place ON list_block (list_id, hash_kind, first);

-- The same of a list that is being read: each run is in order by itself.
CREATE TABLE list_run (
    list_id INTEGER NOT NULL, hash_kind TEXT NOT NULL, run INTEGER NOT NULL, part INTEGER NOT NULL,
    digests BLOB NOT NULL, entry_id INTEGER, entries BLOB,
    PRIMARY KEY (list_id, hash_kind, run, part)
);

-- A media item that matches a hash of a list.
CREATE TABLE list_match (
    value         BLOB NOT NULL,
    media_item_id INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    list_id       INTEGER NOT NULL,
    entry_id      INTEGER NOT NULL,
    distance      INTEGER NOT NULL,
    crop_window   TEXT NOT NULL DEFAULT 'whole',
    orientation   TEXT NOT NULL DEFAULT 'upright',
    time_ms       INTEGER,                  -- of the frame that matches, in a video
    quality       INTEGER,                  -- PDQ's, of that frame
    possible      INTEGER NOT NULL,         -- 1: a possible match
    PRIMARY KEY (value, media_item_id, list_id, entry_id)
) WITHOUT ROWID;
CREATE INDEX list_match_media_item ON list_match (media_item_id);
CREATE INDEX list_match_list ON list_match (list_id);
CREATE INDEX list_match_possible ON list_match (value, media_item_id) WHERE possible = 1;

-- What a person decided of such a match. It stands when the list goes and comes again.
CREATE TABLE list_verdict (
    value         BLOB NOT NULL,
    media_item_id INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    is_same       INTEGER NOT NULL,
    decided       TEXT NOT NULL,
    user_id       INTEGER NOT NULL,
    PRIMARY KEY (value, media_item_id)
) WITHOUT ROWID;
CREATE INDEX list_verdict_media_item ON list_verdict (media_item_id);

-- == Judging: links, score cards and the queue ==

-- What two reports may share.
CREATE TABLE link_key (
    kind TEXT NOT NULL, value TEXT NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id), strength INTEGER NOT NULL,
    day INTEGER,                              -- of the incident, days since 1970: a reissued number links less
    PRIMARY KEY (kind, value, report_id)
) WITHOUT ROWID;
CREATE INDEX link_key_report ON link_key (report_id, kind, value, strength, day);   -- a report's keys lie together, by kind

-- Links as the score card of one of the two names them, so that clusters are walked without opening cards.
CREATE TABLE report_link (
    report_id INTEGER NOT NULL REFERENCES report(id), other_id INTEGER NOT NULL, strength INTEGER NOT NULL,
    PRIMARY KEY (report_id, other_id)
) WITHOUT ROWID;
CREATE INDEX report_link_other ON report_link (other_id);

-- The cluster of a report, named by the lowest id in it; reports without links are missing.
CREATE TABLE cluster (report_id INTEGER PRIMARY KEY REFERENCES report(id), root INTEGER NOT NULL);
CREATE INDEX cluster_root ON cluster (root);
-- How many reports each cluster has; triggers keep it.
CREATE TABLE cluster_size (root INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
CREATE INDEX cluster_size_order ON cluster_size (n DESC, root) WHERE n > 1;

-- What a report's link keys, hashes and search words were made from; missing: they are made again. With it what the reader of
-- texts found in the report, and a digest of what that rests on; another digest: the texts are read again.
CREATE TABLE report_digest (
    report_id     INTEGER PRIMARY KEY REFERENCES report(id),
    digest        BLOB NOT NULL,
    reading_basis BLOB,
    reading       BLOB
);

-- Reports whose score card has to be made again. What is still valid: 0 nothing; 1 link keys, hashes and words; 2 these, and nobody
-- shares any of them; 3 location and links too, so that only the score is made again.
CREATE TABLE stale (report_id INTEGER PRIMARY KEY REFERENCES report(id), still_valid INTEGER NOT NULL DEFAULT 0);
CREATE INDEX stale_nothing_valid ON stale (report_id) WHERE still_valid = 0;

CREATE TABLE score_card (
    report_id      INTEGER PRIMARY KEY REFERENCES report(id),
    location       BLOB NOT NULL,             -- compressed, as the score is (triage/store/compression.py)
    score          BLOB NOT NULL,
    deadlines      BLOB NOT NULL,
    links          BLOB NOT NULL,
    location_basis BLOB,                      -- digest of what the location was judged by; NULL: judging failed
    rescore_at     TEXT
);

-- Words that queue rows share, as small integers.
CREATE TABLE code (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, word TEXT NOT NULL, UNIQUE (kind, word));
INSERT INTO code (kind, word) VALUES ('flag', 'child lane');      -- bit 0 of the flags: the lane counts know it

-- All queue facts in one narrow table. docs/decisions/18-queue-planes.md tells how any filter and sort is served from it.
CREATE TABLE queue (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    band INTEGER NOT NULL,                    -- 0 is A
    risk INTEGER NOT NULL, actionability INTEGER NOT NULL,          -- tenths
    esp INTEGER, incident_type INTEGER, office INTEGER,             -- codes
    received INTEGER, received_estimated INTEGER NOT NULL,
    status INTEGER NOT NULL, assignee INTEGER,
    flags INTEGER NOT NULL,                   -- bit n: the flag whose code has rank n
    in_pakistan INTEGER, province INTEGER,
    duplicates_of INTEGER,
    files INTEGER NOT NULL, files_present INTEGER NOT NULL,
    number_key TEXT NOT NULL,                 -- report number, padded so that it sorts as a number
    languages INTEGER NOT NULL,               -- bit n: entry n of QUEUE_LANGUAGES (triage/model/languages.py)
    arrived INTEGER NOT NULL,                 -- when the first version was imported, seconds since 1970
    due INTEGER,                              -- the next deadline that still ran when the row was written
    due_duty INTEGER NOT NULL,                -- 1: that one is a duty, which runs until it is done
    due_after INTEGER,                        -- the next one when `due` has run out
    first_look INTEGER                        -- seconds from `arrived` to the first decision, grade or view; NULL: none yet
);
CREATE INDEX queue_first_look ON queue (band, first_look) WHERE first_look IS NOT NULL;
CREATE INDEX queue_passing ON queue (due, due_after) WHERE due_duty = 0;        -- which deadlines ran out since
CREATE INDEX queue_preserve ON queue (due, due_duty, due_after) WHERE status <> 4;      -- 4: closed
CREATE INDEX queue_assigned ON queue (assignee, status) WHERE assignee IS NOT NULL;
CREATE INDEX queue_top ON queue (report_id) WHERE band = 0;
CREATE INDEX queue_copy ON queue (duplicates_of) WHERE duplicates_of IS NOT NULL;

-- The queue once more, as bits: plane p holds one bit of each report, 128,000 reports to a row. Key: p << 20 | block.
CREATE TABLE queue_plane (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;
CREATE TABLE queue_block (block INTEGER PRIMARY KEY, changed INTEGER NOT NULL) STRICT;     -- the last change in the planes
-- Rows that changed after the planes were written, side by side, as they are since; without a band: the report left the queue.
CREATE TABLE queue_change (
    n INTEGER PRIMARY KEY AUTOINCREMENT, queue_row INTEGER NOT NULL,
    band INTEGER, risk INTEGER, actionability INTEGER, status INTEGER, office INTEGER, province INTEGER, incident_type INTEGER,
    esp INTEGER, assignee INTEGER, flags INTEGER, languages INTEGER, received INTEGER, arrived INTEGER, duplicates_of INTEGER,
    number_key TEXT, due INTEGER
) STRICT;

-- Numbers of rows, which triggers keep, so that no change can forget them. `triage check` compares them with the rows.
CREATE TABLE row_count (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO row_count VALUES ('reports', 0), ('stale', 0), ('media', 0), ('files', 0), ('media in files', 0), ('possible', 0);
-- Reports in the queue, for lanes and statistics. Office and provider 0: none.
CREATE TABLE queue_count (
    status INTEGER NOT NULL, band INTEGER NOT NULL, office INTEGER NOT NULL, child INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (status, band, office, child)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_provider_count (
    provider INTEGER NOT NULL, band INTEGER NOT NULL, status INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (provider, band, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_month_count (month TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;     -- of receipt
-- Reports by the day of receipt in Pakistan (since 1970; -1: not stated), and by band (-1: they have an outcome).
CREATE TABLE queue_day_count (
    office INTEGER NOT NULL, day INTEGER NOT NULL, band INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (office, day, band)
) STRICT, WITHOUT ROWID;
-- Reports by the outcome that stands, and by the day in Pakistan (since 1970) of their import.
CREATE TABLE outcome_count (
    day INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL,       -- reason '': none
    PRIMARY KEY (day, status, reason)
) STRICT, WITHOUT ROWID;
-- Reports that are not closed, by the day (since 1970) of `due`.
CREATE TABLE queue_due_count (day INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;

-- The deadlines of each report's score card: the queue finds the next one that still runs without opening cards.
CREATE TABLE deadline (
    report_id INTEGER NOT NULL REFERENCES report(id),
    due       INTEGER NOT NULL,               -- seconds since 1970
    name      INTEGER NOT NULL,               -- a code
    duty      INTEGER NOT NULL,               -- 1: a person has to do it; it is overdue until it is done
    PRIMARY KEY (report_id, due, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_due ON deadline (name, due);
CREATE INDEX deadline_duty ON deadline (due) WHERE duty = 1;

-- Rule sets beside the shipped one, and which was in use since when; NULL is the shipped one.
CREATE TABLE rule_set (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, files TEXT NOT NULL, added TEXT NOT NULL, user_id INTEGER NOT NULL
);
CREATE TABLE rule_use (
    id INTEGER PRIMARY KEY, rule_set_id INTEGER REFERENCES rule_set(id), since TEXT NOT NULL, user_id INTEGER NOT NULL,
    taken_back INTEGER NOT NULL DEFAULT 0
);

-- Issuers of signed updates: two people compared the fingerprint of the key.
CREATE TABLE update_issuer (
    fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, added TEXT NOT NULL, user_id INTEGER NOT NULL, second_id INTEGER
);
-- Signed updates that were applied. Of one kind and name the newest that was not undone is in use.
CREATE TABLE signed_update (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,                -- of a hash list or a rule set; empty for tables
    number      INTEGER NOT NULL,             -- the issuer counts; an older one is refused
    issued      TEXT NOT NULL,
    note        TEXT NOT NULL,
    issuer      TEXT NOT NULL,                -- fingerprint
    digest      TEXT NOT NULL,                -- SHA-256 of the whole file
    made        INTEGER,                      -- the use of rules or the list that it made
    applied     TEXT NOT NULL,
    user_id     INTEGER NOT NULL,
    undone      TEXT,
    -- The tables, or all of a hash list's update; empty for rules (rule_set keeps them). Last, so that no query reads past it.
    files       BLOB NOT NULL
);

-- == People's work: decisions, grades ==

CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES report(id),
    taken TEXT NOT NULL, user_id INTEGER NOT NULL,
    status TEXT NOT NULL, reason TEXT, note TEXT, assignee INTEGER,
    undone INTEGER NOT NULL DEFAULT 0,
    bulk_act INTEGER REFERENCES bulk_act(id)  -- NULL: taken on this report alone
);
CREATE INDEX decision_report ON decision (report_id);
CREATE INDEX decision_user ON decision (user_id, id);
CREATE INDEX decision_age ON decision (taken, report_id) WHERE undone = 0;      -- the rule of retention goes by the last one
CREATE INDEX decision_bulk ON decision (bulk_act) WHERE bulk_act IS NOT NULL;
CREATE INDEX decision_taken ON decision (taken, user_id, report_id)
    WHERE undone = 0 AND status IN ('closed', 'referred', 'case_opened');

-- One act of a person on many reports. Each report has a decision of its own; the act undoes them together.
CREATE TABLE bulk_act (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL, begun TEXT NOT NULL,
    reports INTEGER NOT NULL                  -- how many the person chose
) STRICT;

-- Which reports somebody has open in a window now. A row is renewed while the window lives, and is old after that. It says
-- nothing of what was viewed.
CREATE TABLE open_report (
    report_id INTEGER NOT NULL REFERENCES report(id),
    session   TEXT NOT NULL,                  -- random; a new one for each unlocking
    user_id   INTEGER NOT NULL,
    since     INTEGER NOT NULL, last_sign INTEGER NOT NULL,          -- seconds since 1970, by that workstation's clock
    PRIMARY KEY (report_id, session)
) STRICT;

-- How a user has set up the queue: saved views by name, and under the empty name where the user was.
CREATE TABLE queue_view (
    user_id INTEGER NOT NULL,
    name    TEXT NOT NULL,
    view    TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (user_id, name)
) STRICT;

-- What a person noted on a report. Rows are added, and go only with the report.
CREATE TABLE note (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id INTEGER NOT NULL REFERENCES report(id),
    made      TEXT NOT NULL,
    user_id   INTEGER NOT NULL,               -- below 0: a person of another workstation
    text      TEXT NOT NULL,
    origin    TEXT UNIQUE                     -- fingerprint and name of the row in another workstation's store; NULL: made here
) STRICT;
CREATE INDEX note_report ON note (report_id);

-- What a person said of the judgement of a report: of one factor (`rule`, `verdict`), or of the band. Nothing is ever deleted but
-- with the report.
CREATE TABLE correction (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id    INTEGER NOT NULL REFERENCES report(id),
    made         TEXT NOT NULL,
    user_id      INTEGER NOT NULL,            -- below 0: a person of another workstation
    rule         TEXT,                        -- NULL: of the band
    verdict      TEXT CHECK (verdict IN ('agree', 'means nothing', 'cannot tell')),
    band         TEXT CHECK (band IN ('A', 'B', 'C', 'D', 'E')),
    lowers       INTEGER NOT NULL CHECK (lowers IN (0, 1)),
    value        TEXT NOT NULL,               -- of the factor, as the person saw it
    basis        TEXT NOT NULL,               -- JSON array of [rule, value]: when they change, the correction is stale
    reason       TEXT NOT NULL,
    needs_second INTEGER NOT NULL CHECK (needs_second IN (0, 1)),
    confirmed    TEXT,
    confirmed_by INTEGER,                     -- NULL with `confirmed` set: the store had one user
    undone       TEXT,
    undone_by    INTEGER,
    origin       TEXT UNIQUE,                 -- fingerprint and name of the row in another workstation's store; NULL: made here
    CHECK ((rule IS NULL) = (verdict IS NULL) AND (rule IS NULL) = (band IS NOT NULL))
) STRICT;
CREATE INDEX correction_report ON correction (report_id);

-- What a person said that a media item shows. The newest row of a person in a round counts.
CREATE TABLE grade (
    id             INTEGER PRIMARY KEY,
    media_item_id  INTEGER NOT NULL,
    report_id      INTEGER NOT NULL REFERENCES report(id),      -- where it was viewed
    user_id        INTEGER NOT NULL,
    given          TEXT NOT NULL,
    grade          TEXT NOT NULL,
    court          INTEGER NOT NULL,          -- 1: bound for court, so two people grade it without knowing of each other
    settles        INTEGER NOT NULL,          -- 1: a lead's decision between two who disagreed
    inherited_from INTEGER,                   -- the media item that was viewed; NULL: this one was
    distance       INTEGER,                   -- between the two
    act            INTEGER                    -- the first grade of an act on many files; NULL: given alone, or inherited
);
CREATE INDEX grade_act ON grade (user_id, act) WHERE act IS NOT NULL;
CREATE INDEX grade_media_item ON grade (media_item_id);
CREATE INDEX grade_report ON grade (report_id);
CREATE INDEX grade_user ON grade (user_id, report_id, given);
CREATE INDEX grade_court ON grade (media_item_id) WHERE court = 1;

-- == Private accounts: what only one person's passphrase opens. Their rows name no user and no report ==

-- The key of a user's account, wrapped under a secret that only their passphrase opens.
CREATE TABLE private_key (
    user_id INTEGER PRIMARY KEY REFERENCES user,
    wrapped BLOB NOT NULL
) STRICT;

-- What a person viewed, sealed. `owner` is the account's mark, which nobody can compute without its key.
CREATE TABLE media_view (
    id     INTEGER PRIMARY KEY,
    owner  BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX media_view_owner ON media_view (owner, id);

-- What a person chose for themselves, sealed: the warnings that they keep away from, the calm screen, their last folders.
CREATE TABLE private_settings (owner BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- All views of an ISO week by all people together, and one mark for each person, another one each week.
CREATE TABLE team_view (
    week TEXT PRIMARY KEY, views INTEGER NOT NULL, milliseconds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE team_viewer (week TEXT NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (week, mark)) STRICT, WITHOUT ROWID;

-- Media items that somebody viewed unblurred. By whom and how often stands in no table that anybody else can open.
CREATE TABLE media_seen (media_item_id INTEGER PRIMARY KEY REFERENCES media_item(id) ON DELETE CASCADE) STRICT;

-- When media of a report were viewed first, by whomever.
CREATE TABLE first_view (report_id INTEGER PRIMARY KEY REFERENCES report(id), at TEXT NOT NULL) STRICT;

-- == Samples ==

-- Reports of low bands drawn by lot, to be worked like any other.
CREATE TABLE sample (
    week TEXT NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id), band INTEGER NOT NULL,
    drawn TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (week, report_id)
) WITHOUT ROWID;
CREATE INDEX sample_report ON sample (report_id);

-- == Casework ==

CREATE TABLE case_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    opened TEXT NOT NULL, user_id INTEGER NOT NULL,
    officer INTEGER,                          -- user
    withdrawn TEXT                            -- when opening it was undone; its number is not given again
);
CREATE TABLE case_report (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),        -- a report belongs to one case
    case_id INTEGER NOT NULL REFERENCES case_file(id),
    added TEXT NOT NULL, user_id INTEGER NOT NULL
);
CREATE INDEX case_report_case ON case_report (case_id);
CREATE TABLE case_number (
    case_id INTEGER NOT NULL REFERENCES case_file(id), kind TEXT NOT NULL, value TEXT NOT NULL,
    added TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (case_id, kind, value)
) WITHOUT ROWID;
CREATE INDEX case_number_value ON case_number (value);

-- The stages of a case; the last row is the present one. A deadline that is edited is a new row of the same stage.
CREATE TABLE case_stage (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file(id),
    stage TEXT NOT NULL, since TEXT NOT NULL, due TEXT, basis TEXT NOT NULL, user_id INTEGER NOT NULL, note TEXT
);
CREATE INDEX case_stage_case ON case_stage (case_id);

-- Referrals of a report to a body (resources/referral_bodies.toml).
CREATE TABLE referral (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id   INTEGER NOT NULL REFERENCES report(id),
    made        TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES user(id),
    body        TEXT NOT NULL,
    names_child INTEGER NOT NULL CHECK (names_child IN (0, 1)),
    plan        TEXT                          -- the safe-contact plan as JSON; NULL: it names and locates no child
) STRICT;
CREATE INDEX referral_report ON referral (report_id);

-- Sheets at the end of a shift. Their lists are read anew from the store, so that a destroyed report stands in none.
CREATE TABLE shift_sheet (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    made     TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES user(id),
    counts   TEXT NOT NULL,                   -- JSON object: list -> reports in it at that moment
    note     TEXT,
    acknowledged TEXT, acknowledged_by INTEGER REFERENCES user(id)
) STRICT;

-- What the reported user, or somebody for them, says against the report or how it was judged. Open until it is answered.
CREATE TABLE appeal (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id     INTEGER NOT NULL REFERENCES case_file(id),
    report_id   INTEGER REFERENCES report(id),        -- NULL: against the case as a whole
    recorded    TEXT NOT NULL, user_id INTEGER NOT NULL,
    received    TEXT NOT NULL,                -- a day
    from_whom   TEXT,                         -- NULL: the reported user
    text        TEXT NOT NULL,
    answer      TEXT, answered TEXT, answered_by INTEGER
) STRICT;
CREATE INDEX appeal_case ON appeal (case_id);
CREATE INDEX appeal_report ON appeal (report_id);

-- Series of material that shows one child or several who belong together, made by people.
CREATE TABLE victim_series (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    number      TEXT NOT NULL UNIQUE,
    opened      TEXT NOT NULL, user_id INTEGER NOT NULL
) STRICT;
CREATE TABLE victim_series_media (
    series_id     INTEGER NOT NULL REFERENCES victim_series(id),
    media_item_id INTEGER NOT NULL REFERENCES media_item(id) ON DELETE CASCADE,
    added         TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (series_id, media_item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX victim_series_media_item ON victim_series_media (media_item_id);
CREATE TABLE victim_clue (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id     INTEGER NOT NULL REFERENCES victim_series(id),
    media_item_id INTEGER REFERENCES media_item(id) ON DELETE CASCADE,      -- NULL: of the series as a whole
    kind          TEXT NOT NULL, words TEXT NOT NULL,
    added         TEXT NOT NULL, user_id INTEGER NOT NULL,
    withdrawn     TEXT, withdrawn_by INTEGER,
    crop_left     INTEGER, crop_top INTEGER, crop_right INTEGER, crop_bottom INTEGER, -- ten-thousandths of the upright image
    crop_at_ms    INTEGER,                        -- of a video: the frame
    CHECK ((crop_left IS NULL AND crop_top IS NULL AND crop_right IS NULL AND crop_bottom IS NULL AND crop_at_ms IS NULL)
        OR (media_item_id IS NOT NULL AND 0 <= crop_left AND crop_left < crop_right AND crop_right <= 10000
            AND 0 <= crop_top AND crop_top < crop_bottom AND crop_bottom <= 10000))
) STRICT;
CREATE INDEX victim_clue_series ON victim_clue (series_id);
CREATE INDEX victim_clue_media_item ON victim_clue (media_item_id);
CREATE TABLE victim_state (                   -- the last row of a series counts
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id   INTEGER NOT NULL REFERENCES victim_series(id),
    state       TEXT NOT NULL, source TEXT NOT NULL, note TEXT,
    recorded    TEXT NOT NULL, user_id INTEGER NOT NULL
) STRICT;
CREATE INDEX victim_state_series ON victim_state (series_id);

-- Written notices to preserve data, PECA s.31.
CREATE TABLE preservation_notice (
    id INTEGER PRIMARY KEY, report_id INTEGER NOT NULL REFERENCES report(id),
    issued TEXT NOT NULL, to_whom TEXT NOT NULL, number TEXT,
    court_informed TEXT,                      -- when the court was informed
    user_id INTEGER NOT NULL,
    request_id INTEGER REFERENCES request(id) -- the request that is this notice; NULL: the notice is on paper only
);
CREATE INDEX preservation_notice_report ON preservation_notice (report_id);
CREATE INDEX preservation_notice_request ON preservation_notice (request_id) WHERE request_id IS NOT NULL;

-- == Requests to operators and providers, and their replies ==

-- A request. It says nothing of a report; a draft that was not sent is written anew under its number.
CREATE TABLE request (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    number    TEXT NOT NULL UNIQUE,           -- R-2026-0001, counted in this store and year
    kind      TEXT NOT NULL,
    addressee TEXT NOT NULL,                  -- id in addressees.toml, or made from a name
    name      TEXT NOT NULL,                  -- of the addressee, as the letter has it
    case_id   INTEGER REFERENCES case_file(id),     -- NULL: of several cases, or of none
    ready     INTEGER NOT NULL CHECK (ready IN (0, 1)),   -- 1: every report is in a case with an enquiry or FIR number
    child     INTEGER NOT NULL CHECK (child IN (0, 1)),   -- 1: a lead asked for the child's own line
    warrant   TEXT,
    missing   TEXT NOT NULL,                  -- JSON array of messages: what the letter lacks
    lines     INTEGER NOT NULL,               -- as written out; rows of destroyed reports go, the count stays
    made      TEXT NOT NULL, user_id INTEGER NOT NULL,
    sent      TEXT, sent_by INTEGER,          -- a day or a time
    closed    TEXT, closed_by INTEGER
) STRICT;
CREATE INDEX request_unsent ON request (kind, addressee) WHERE sent IS NULL AND closed IS NULL;

-- A line of the annex. Its number is random: nothing can be concluded from it.
CREATE TABLE request_line (
    id          INTEGER PRIMARY KEY,
    request_id  INTEGER NOT NULL REFERENCES request(id),
    line        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL, value TEXT NOT NULL, port INTEGER, utc TEXT,
    fact        BLOB NOT NULL                 -- LineFact as JSON: what stands in the annex
) STRICT;
CREATE INDEX request_line_request ON request_line (request_id);
CREATE INDEX request_line_value ON request_line (kind, value);

-- The reports whose capture a line is. A line without any report is erased with the last of them.
CREATE TABLE request_line_report (
    line_id INTEGER NOT NULL REFERENCES request_line(id), report_id INTEGER NOT NULL REFERENCES report(id),
    PRIMARY KEY (line_id, report_id)
) WITHOUT ROWID;
CREATE INDEX request_line_report_report ON request_line_report (report_id);

-- Deadlines of a report that a notice stands in for, since all that they speak of is asked for. A later version has to be asked anew.
CREATE TABLE preserved_deadline (
    report_id INTEGER NOT NULL REFERENCES report(id), version INTEGER NOT NULL, deadline TEXT NOT NULL,
    PRIMARY KEY (report_id, deadline)
) WITHOUT ROWID;

-- A document of a reply as it came, sealed in the vault. `matched` NULL: it waits to be read.
CREATE TABLE request_reply (
    id         INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES request(id),
    name       TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, item INTEGER NOT NULL,
    received   TEXT NOT NULL, user_id INTEGER NOT NULL,
    matched    TEXT,
    UNIQUE (request_id, sha256)
) STRICT;
CREATE INDEX request_reply_waiting ON request_reply (request_id) WHERE matched IS NULL;

-- A row of a reply. `line_id` NULL: it belongs to no line, for the reason that stands there.
CREATE TABLE reply_row (
    id       INTEGER PRIMARY KEY,
    reply_id INTEGER NOT NULL REFERENCES request_reply(id),
    document TEXT NOT NULL,                   -- the file, or the file in the zip
    line_id  INTEGER REFERENCES request_line(id),
    reason   TEXT,                            -- a message as JSON
    said     BLOB NOT NULL,                   -- ReplyRow as JSON
    digest   BLOB NOT NULL                    -- of what it says; the same row again is not kept
) STRICT;
CREATE INDEX reply_row_reply ON reply_row (reply_id);
CREATE INDEX reply_row_line ON reply_row (line_id);

-- What the replies to one request say of one report: a Document as JSON, merged with the report's own documents.
CREATE TABLE reply_document (
    report_id INTEGER NOT NULL REFERENCES report(id), request_id INTEGER NOT NULL REFERENCES request(id),
    parsed    BLOB NOT NULL,
    PRIMARY KEY (report_id, request_id)
) WITHOUT ROWID;

-- == What leaves ==

-- A lead has viewed a report in the child lane and lets it go out.
CREATE TABLE child_lane (
    report_id INTEGER PRIMARY KEY REFERENCES report(id), confirmed TEXT NOT NULL, user_id INTEGER NOT NULL
);

-- The register of outgoing data.
CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY, written TEXT NOT NULL, user_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    sha256 TEXT NOT NULL, recipients TEXT NOT NULL, handed_to TEXT, carrier TEXT, carrier_serial TEXT, note TEXT
);
-- The reports of a packet, until they are destroyed. The register itself names no report.
CREATE TABLE packet_report (
    outgoing_id INTEGER NOT NULL REFERENCES outgoing(id),
    report_id   INTEGER NOT NULL REFERENCES report(id),
    PRIMARY KEY (report_id, outgoing_id)
) STRICT, WITHOUT ROWID;

-- Statistics that left: from those of overlapping periods, small counts could be worked out by subtracting.
CREATE TABLE statistics_export (
    id       INTEGER PRIMARY KEY,
    first    TEXT NOT NULL,                   -- days in Pakistan's time, both included
    last     TEXT NOT NULL,
    made     TEXT NOT NULL,
    user_id  INTEGER NOT NULL REFERENCES user(id),
    digest   TEXT NOT NULL,                   -- SHA-256 of statistics.csv
    although TEXT                             -- why it left although it overlaps another one
) STRICT;


-- == Exchange with other workstations: work packages and their results ==

-- People of other workstations, as signed files name them. Their ids are below 0, so that none is taken for a user of this store.
CREATE TABLE remote_user (
    id          INTEGER PRIMARY KEY CHECK (id < 0),
    fingerprint TEXT NOT NULL,                -- of the signing key of their store
    name        TEXT NOT NULL,
    UNIQUE (fingerprint, name)
) STRICT;

-- The names of users and of people of other workstations, "NAME at STORE".
CREATE VIEW person (id, name) AS
    SELECT id, name FROM user
    UNION ALL
    SELECT r.id, r.name || ' at ' || coalesce(t.name, substr(r.fingerprint, 1, 16))
    FROM remote_user r LEFT JOIN trusted_key t ON t.fingerprint = r.fingerprint;

CREATE TABLE work_package (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    package_id  TEXT NOT NULL,
    direction   TEXT NOT NULL CHECK (direction IN ('sent', 'received')),
    fingerprint TEXT,                         -- of the other store's signing key; NULL: sent, and nothing came back yet
    age_key     TEXT NOT NULL,                -- the other store's age key
    made        TEXT NOT NULL,                -- by the sender's clock
    due         TEXT,                         -- a day
    reports     INTEGER NOT NULL,
    media       INTEGER NOT NULL,
    bundles     TEXT NOT NULL,                -- JSON object: version -> bundle of its import; 0 is that of the media
    imported    TEXT,                         -- received: when; NULL: sent, or its import was interrupted
    user_id     INTEGER NOT NULL,             -- who sent or imported it
    UNIQUE (package_id, direction)
) STRICT;

-- Results files: those that came back for a package that was sent, and those that were made for a package that was received.
CREATE TABLE work_results (
    id       TEXT PRIMARY KEY,
    package  INTEGER NOT NULL REFERENCES work_package(id),
    sequence INTEGER NOT NULL,                -- counts the results files of a package; the sender of the results gives it
    made     TEXT NOT NULL,
    imported TEXT,                            -- NULL: made here
    user_id  INTEGER NOT NULL
) STRICT;
CREATE INDEX work_results_package ON work_results (package);

-- A report of a package, with the state that it had in this store when the package was made or imported.
CREATE TABLE work_package_report (
    package   INTEGER NOT NULL REFERENCES work_package(id),
    report_id INTEGER NOT NULL REFERENCES report(id),
    number    TEXT NOT NULL,                  -- as the package names it
    base      TEXT NOT NULL,                  -- JSON: the fields that can conflict, as they were here
    seen      TEXT NOT NULL,                  -- JSON: the same fields as the other store stated them last
    told      TEXT,                           -- JSON: the other store's score card, receipts and case; NULL: it sent none yet
    PRIMARY KEY (package, report_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_package_report_report ON work_package_report (report_id);

-- What people of other workstations did on a report of this store: it only ever adds up.
CREATE TABLE work_entry (
    id          INTEGER PRIMARY KEY,
    report_id   INTEGER NOT NULL REFERENCES report(id),
    fingerprint TEXT NOT NULL,                -- of the store that signed the file
    uid         TEXT NOT NULL,                -- names the row in that store
    kind        TEXT NOT NULL CHECK (kind IN ('decision', 'grade', 'notice', 'list match')),
    hash        TEXT,                         -- of grades and list matches: "sha256:<hex>" of the file
    made        TEXT NOT NULL,
    body        TEXT NOT NULL,                -- JSON
    UNIQUE (fingerprint, report_id, uid)
) STRICT;
CREATE INDEX work_entry_report ON work_entry (report_id, kind);
CREATE INDEX work_entry_kind ON work_entry (kind);
CREATE INDEX work_entry_hash ON work_entry (hash, kind) WHERE hash IS NOT NULL;

-- A field that both stores changed since the package left. It stays listed when a lead has resolved it.
CREATE TABLE work_conflict (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    package     INTEGER NOT NULL REFERENCES work_package(id),
    report_id   INTEGER NOT NULL REFERENCES report(id),
    field       TEXT NOT NULL,
    here        TEXT,                         -- NULL: no value
    there       TEXT,
    change      TEXT NOT NULL,                -- JSON: all that the other store states of its value
    found       TEXT NOT NULL,
    resolved    TEXT,
    taken       TEXT CHECK (taken IN ('here', 'there')),
    reason      TEXT,
    resolved_by INTEGER
) STRICT;
CREATE UNIQUE INDEX work_conflict_open ON work_conflict (package, report_id, field) WHERE resolved IS NULL;
CREATE INDEX work_conflict_report ON work_conflict (report_id);

-- == Deconfliction: private set intersection with another workstation over carried files ==

CREATE TABLE deconfliction (
    session       TEXT PRIMARY KEY,
    other_key     TEXT NOT NULL,              -- fingerprint of the other store's signing key
    first         INTEGER NOT NULL CHECK (first IN (0, 1)),     -- 1: began here
    made          TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES user(id),
    compared      INTEGER NOT NULL,           -- identifiers
    length        INTEGER NOT NULL,           -- points of the list, with those that stand for nothing
    scalar        BLOB NOT NULL,
    silent_scalar BLOB NOT NULL,              -- for identifiers of reports under a hold "undercover"
    their_points  BLOB,                       -- second side: the points of the file that it answered
    theirs        TEXT,                       -- SHA-256 of the file that finished it
    finished      TEXT,
    silent        INTEGER                     -- shared identifiers of reports under a hold; NULL: not finished
) STRICT, WITHOUT ROWID;

-- The identifiers of a session by their place in the list, once for each report. They go with the report.
CREATE TABLE deconfliction_item (
    session   TEXT NOT NULL REFERENCES deconfliction(session),
    place     INTEGER NOT NULL,
    report_id INTEGER NOT NULL REFERENCES report(id),
    kind      TEXT NOT NULL, value TEXT NOT NULL,
    silent    INTEGER NOT NULL CHECK (silent IN (0, 1)),
    shared    INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
    PRIMARY KEY (session, place, report_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deconfliction_item_report ON deconfliction_item (report_id);

-- == Keeping and destroying ==

-- The newest state of each backup folder; an older state is removed when a newer one is whole.
CREATE TABLE backup (
    id           TEXT PRIMARY KEY,            -- of the folder, in its manifest
    path         TEXT NOT NULL,
    number       INTEGER NOT NULL,
    made         TEXT NOT NULL,
    destroyed    TEXT,                        -- when a person stated that its carrier was destroyed
    destructions INTEGER NOT NULL DEFAULT 0   -- how many the state knows of: times are exact only to the second
) WITHOUT ROWID;

-- A copy of the database that a backup made names itself here: whoever opens it has to settle first what was destroyed since. The
-- newest row counts.
CREATE TABLE restored_copy (
    id       INTEGER PRIMARY KEY,
    backup   TEXT NOT NULL,                   -- which state this is a copy of
    number   INTEGER NOT NULL,
    made     TEXT NOT NULL,
    settled  TEXT,                            -- NULL: waits for the register of destructions
    register TEXT,                            -- when the applied register was made; NULL: a person stated that there is none
    user_id  INTEGER,
    reason   TEXT
);

-- A legal hold: as long as it stands, nobody can destroy the report.
CREATE TABLE legal_hold (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    placed TEXT NOT NULL, user_id INTEGER NOT NULL, reason TEXT NOT NULL
);

-- Reports of people who were cleared: set apart until they are destroyed.
CREATE TABLE cleared (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    since TEXT NOT NULL, user_id INTEGER NOT NULL, reason TEXT NOT NULL
);

-- What was destroyed, without a word of what it was; the counts keep the statistics true.
CREATE TABLE destruction (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL UNIQUE,        -- no report has this id any more, and none gets it again
    destroyed TEXT NOT NULL, user_id INTEGER NOT NULL, second_id INTEGER NOT NULL,
    band INTEGER, status INTEGER NOT NULL, office INTEGER, month TEXT NOT NULL,
    documents INTEGER NOT NULL, media INTEGER NOT NULL
);

-- Keyed hashes of numbers and bytes that were destroyed: importing them again does not revive the report.
CREATE TABLE destroyed_mark (
    mark TEXT PRIMARY KEY, destruction_id INTEGER NOT NULL REFERENCES destruction(id),
    media_item_id INTEGER                     -- no media item gets this id again
) WITHOUT ROWID;
CREATE INDEX destroyed_mark_media_item ON destroyed_mark (media_item_id);
CREATE INDEX destroyed_mark_destruction ON destroyed_mark (destruction_id);

-- A destruction that was committed, while older pages of the database may still hold what it erased. The row goes when the
-- database was rebuilt without them (triage/store/compaction.py).
CREATE TABLE compaction_owed (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    since TEXT NOT NULL
) STRICT;

-- == What triggers keep: changes of the queue for its planes, and numbers of rows ==

CREATE TRIGGER queue_added AFTER INSERT ON queue BEGIN
    INSERT INTO queue_change VALUES (NULL, new.report_id,
        new.band, new.risk, new.actionability, new.status, new.office, new.province, new.incident_type, new.esp, new.assignee,
        new.flags, new.languages, new.received, new.arrived, new.duplicates_of, new.number_key, new.due);
    INSERT INTO queue_count VALUES (new.status, new.band, coalesce(new.office, 0), new.flags & 1, 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_provider_count VALUES (coalesce(new.esp, 0), new.band, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_month_count VALUES (coalesce(strftime('%Y-%m', new.received, 'unixepoch'), 'unknown'), 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_due_count SELECT new.due / 86400, 1 WHERE new.due IS NOT NULL AND new.status <> 4
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_day_count VALUES (coalesce(new.office, 0), coalesce((max(new.received, 0) + 18000) / 86400, -1),
        CASE WHEN new.status IN (0, 1, 5) THEN new.band ELSE -1 END, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE VIEW look (report_id, at) AS
    SELECT report_id, taken FROM decision UNION ALL SELECT report_id, given FROM grade
    UNION ALL SELECT report_id, at FROM first_view;
CREATE TRIGGER queue_added_after_a_look AFTER INSERT ON queue
    WHEN EXISTS (SELECT 1 FROM look WHERE report_id = new.report_id) BEGIN
    UPDATE queue SET first_look = (SELECT max(min(unixepoch(at)) - arrived, 0) FROM look WHERE report_id = new.report_id)
        WHERE report_id = new.report_id;
END;
CREATE TRIGGER decision_added AFTER INSERT ON decision BEGIN
    UPDATE queue SET first_look = max(unixepoch(new.taken) - arrived, 0)
        WHERE report_id = new.report_id AND coalesce(first_look > unixepoch(new.taken) - arrived, 1);
END;
CREATE VIEW outcome (report_id, day, status, reason) AS
    SELECT d.report_id, (unixepoch(v.imported) + 18000) / 86400, d.status, coalesce(d.reason, '')
    FROM decision d JOIN report_version v ON v.report_id = d.report_id AND v.n = 1
    WHERE d.undone = 0 AND d.status IN ('closed', 'referred', 'case_opened')
    AND d.id = (SELECT max(id) FROM decision WHERE report_id = d.report_id AND undone = 0);
CREATE TRIGGER outcome_before_decision BEFORE INSERT ON decision BEGIN
    UPDATE outcome_count SET n = n - 1
        WHERE (day, status, reason) = (SELECT day, status, reason FROM outcome WHERE report_id = new.report_id);
END;
CREATE TRIGGER outcome_before_change BEFORE UPDATE OF undone ON decision BEGIN
    UPDATE outcome_count SET n = n - 1
        WHERE (day, status, reason) = (SELECT day, status, reason FROM outcome WHERE report_id = old.report_id);
END;
CREATE TRIGGER outcome_before_removal BEFORE DELETE ON decision BEGIN
    UPDATE outcome_count SET n = n - 1
        WHERE (day, status, reason) = (SELECT day, status, reason FROM outcome WHERE report_id = old.report_id);
END;
CREATE TRIGGER outcome_before_report_goes BEFORE DELETE ON report_version WHEN old.n = 1 BEGIN
    UPDATE outcome_count SET n = n - 1
        WHERE (day, status, reason) = (SELECT day, status, reason FROM outcome WHERE report_id = old.report_id);
END;
CREATE TRIGGER outcome_before_report_moves BEFORE UPDATE OF imported ON report_version WHEN old.n = 1 BEGIN
    UPDATE outcome_count SET n = n - 1
        WHERE (day, status, reason) = (SELECT day, status, reason FROM outcome WHERE report_id = old.report_id);
END;
CREATE TRIGGER outcome_after_report_moves AFTER UPDATE OF imported ON report_version WHEN new.n = 1 BEGIN
    INSERT INTO outcome_count SELECT day, status, reason, 1 FROM outcome WHERE report_id = new.report_id
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outcome_after_report_comes AFTER INSERT ON report_version WHEN new.n = 1 BEGIN
    INSERT INTO outcome_count SELECT day, status, reason, 1 FROM outcome WHERE report_id = new.report_id
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outcome_after_decision AFTER INSERT ON decision BEGIN
    INSERT INTO outcome_count SELECT day, status, reason, 1 FROM outcome WHERE report_id = new.report_id
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outcome_after_change AFTER UPDATE OF undone ON decision BEGIN
    INSERT INTO outcome_count SELECT day, status, reason, 1 FROM outcome WHERE report_id = new.report_id
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outcome_after_removal AFTER DELETE ON decision BEGIN
    INSERT INTO outcome_count SELECT day, status, reason, 1 FROM outcome WHERE report_id = old.report_id
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER grade_added AFTER INSERT ON grade BEGIN
    UPDATE queue SET first_look = max(unixepoch(new.given) - arrived, 0)
        WHERE report_id = new.report_id AND coalesce(first_look > unixepoch(new.given) - arrived, 1);
END;
CREATE TRIGGER cluster_joined AFTER INSERT ON cluster BEGIN
    INSERT INTO cluster_size VALUES (new.root, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER cluster_changed AFTER UPDATE OF root ON cluster WHEN old.root <> new.root BEGIN
    INSERT INTO cluster_size VALUES (new.root, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    UPDATE cluster_size SET n = n - 1 WHERE root = old.root;
    DELETE FROM cluster_size WHERE root = old.root AND n = 0;
END;
CREATE TRIGGER cluster_left AFTER DELETE ON cluster BEGIN
    UPDATE cluster_size SET n = n - 1 WHERE root = old.root;
    DELETE FROM cluster_size WHERE root = old.root AND n = 0;
END;
CREATE TRIGGER first_view_added AFTER INSERT ON first_view BEGIN
    UPDATE queue SET first_look = max(unixepoch(new.at) - arrived, 0)
        WHERE report_id = new.report_id AND coalesce(first_look > unixepoch(new.at) - arrived, 1);
END;
CREATE TRIGGER queue_removed AFTER DELETE ON queue BEGIN
    INSERT INTO queue_change (queue_row) VALUES (old.report_id);
    UPDATE queue_count SET n = n - 1
        WHERE status = old.status AND band = old.band AND office = coalesce(old.office, 0) AND child = old.flags & 1;
    UPDATE queue_provider_count SET n = n - 1
        WHERE provider = coalesce(old.esp, 0) AND band = old.band AND status = old.status;
    UPDATE queue_month_count SET n = n - 1 WHERE month = coalesce(strftime('%Y-%m', old.received, 'unixepoch'), 'unknown');
    UPDATE queue_due_count SET n = n - 1 WHERE day = old.due / 86400 AND old.status <> 4;
    UPDATE queue_day_count SET n = n - 1 WHERE office = coalesce(old.office, 0)
        AND day = coalesce((max(old.received, 0) + 18000) / 86400, -1)
        AND band = CASE WHEN old.status IN (0, 1, 5) THEN old.band ELSE -1 END;
END;
-- It may run before queue_added, when a look is older than the row: then there is nothing to count down yet.
CREATE TRIGGER queue_changed AFTER UPDATE ON queue BEGIN
    INSERT INTO queue_change VALUES (NULL, new.report_id,
        new.band, new.risk, new.actionability, new.status, new.office, new.province, new.incident_type, new.esp, new.assignee,
        new.flags, new.languages, new.received, new.arrived, new.duplicates_of, new.number_key, new.due);
    INSERT INTO queue_count VALUES (old.status, old.band, coalesce(old.office, 0), old.flags & 1, -1)
        ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_count VALUES (new.status, new.band, coalesce(new.office, 0), new.flags & 1, 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_provider_count VALUES (coalesce(old.esp, 0), old.band, old.status, -1) ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_provider_count VALUES (coalesce(new.esp, 0), new.band, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_due_count SELECT old.due / 86400, -1 WHERE old.due IS NOT NULL AND old.status <> 4
        ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_due_count SELECT new.due / 86400, 1 WHERE new.due IS NOT NULL AND new.status <> 4
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_day_count VALUES (coalesce(old.office, 0), coalesce((max(old.received, 0) + 18000) / 86400, -1),
        CASE WHEN old.status IN (0, 1, 5) THEN old.band ELSE -1 END, -1) ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_day_count VALUES (coalesce(new.office, 0), coalesce((max(new.received, 0) + 18000) / 86400, -1),
        CASE WHEN new.status IN (0, 1, 5) THEN new.band ELSE -1 END, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER queue_received AFTER UPDATE ON queue WHEN old.received IS NOT new.received BEGIN
    UPDATE queue_month_count SET n = n - 1 WHERE month = coalesce(strftime('%Y-%m', old.received, 'unixepoch'), 'unknown');
    INSERT INTO queue_month_count VALUES (coalesce(strftime('%Y-%m', new.received, 'unixepoch'), 'unknown'), 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER report_added AFTER INSERT ON report BEGIN UPDATE row_count SET n = n + 1 WHERE name = 'reports'; END;
CREATE TRIGGER report_removed AFTER DELETE ON report BEGIN UPDATE row_count SET n = n - 1 WHERE name = 'reports'; END;
CREATE TRIGGER stale_added AFTER INSERT ON stale BEGIN UPDATE row_count SET n = n + 1 WHERE name = 'stale'; END;
CREATE TRIGGER stale_removed AFTER DELETE ON stale BEGIN UPDATE row_count SET n = n - 1 WHERE name = 'stale'; END;
CREATE TRIGGER media_item_added AFTER INSERT ON media_item BEGIN UPDATE row_count SET n = n + 1 WHERE name = 'media'; END;
CREATE TRIGGER media_item_removed AFTER DELETE ON media_item BEGIN UPDATE row_count SET n = n - 1 WHERE name = 'media'; END;
CREATE VIEW waiting_match (a, b, waits) AS SELECT p.a, p.b,
    NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = p.a AND x.b = p.b)
    AND NOT EXISTS (SELECT 1 FROM media_match n WHERE n.a = p.a AND n.b = p.b) FROM possible_match p;
CREATE TRIGGER possible_match_added AFTER INSERT ON possible_match BEGIN
    UPDATE row_count SET n = n + new.waits WHERE name = 'possible';
    UPDATE possible_match SET waits = (SELECT waits FROM waiting_match WHERE a = new.a AND b = new.b),
        band = (SELECT band FROM gravest_band WHERE a = new.a AND b = new.b) WHERE a = new.a AND b = new.b;
END;
CREATE VIEW gravest_band (a, b, band) AS SELECT p.a, p.b, coalesce((SELECT min(q.band) FROM file o
    JOIN queue q ON q.report_id = o.report_id WHERE o.media_item_id IN (p.a, p.b)), 9) FROM possible_match p;
-- How `band` follows the reports. It is counted anew only where no other holder is as grave, since thousands may hold an image.
-- Most reports have no pair, and an UPDATE that finds no row costs ten times as much as to ask for one.
CREATE TRIGGER band_came AFTER INSERT ON queue WHEN EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.a = f.media_item_id WHERE f.report_id = new.report_id)
    OR EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.b = f.media_item_id WHERE f.report_id = new.report_id) BEGIN
    UPDATE possible_match SET band = new.band
        WHERE a IN (SELECT media_item_id FROM file WHERE report_id = new.report_id) AND band > new.band;
    UPDATE possible_match SET band = new.band
        WHERE b IN (SELECT media_item_id FROM file WHERE report_id = new.report_id) AND band > new.band;
END;
CREATE TRIGGER band_fell AFTER UPDATE OF band ON queue WHEN new.band < old.band AND (EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.a = f.media_item_id WHERE f.report_id = new.report_id)
    OR EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.b = f.media_item_id WHERE f.report_id = new.report_id)) BEGIN
    UPDATE possible_match SET band = new.band
        WHERE a IN (SELECT media_item_id FROM file WHERE report_id = new.report_id) AND band > new.band;
    UPDATE possible_match SET band = new.band
        WHERE b IN (SELECT media_item_id FROM file WHERE report_id = new.report_id) AND band > new.band;
END;
CREATE TRIGGER band_rose AFTER UPDATE OF band ON queue WHEN new.band > old.band AND (EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.a = f.media_item_id WHERE f.report_id = new.report_id)
    OR EXISTS (SELECT 1 FROM file f JOIN possible_match p ON p.b = f.media_item_id WHERE f.report_id = new.report_id)) BEGIN
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE a IN (SELECT media_item_id FROM file WHERE report_id = old.report_id) AND band = old.band AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b) AND q.band <= old.band);
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE b IN (SELECT media_item_id FROM file WHERE report_id = old.report_id) AND band = old.band AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b) AND q.band <= old.band);
END;
CREATE TRIGGER band_went AFTER DELETE ON queue BEGIN
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE a IN (SELECT media_item_id FROM file WHERE report_id = old.report_id) AND band = old.band AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b) AND q.band <= old.band);
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE b IN (SELECT media_item_id FROM file WHERE report_id = old.report_id) AND band = old.band AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b) AND q.band <= old.band);
END;
CREATE TRIGGER holder_came AFTER INSERT ON file WHEN EXISTS (SELECT 1 FROM possible_match WHERE a = new.media_item_id)
    OR EXISTS (SELECT 1 FROM possible_match WHERE b = new.media_item_id) BEGIN
    UPDATE possible_match SET band = (SELECT band FROM queue WHERE report_id = new.report_id)
        WHERE a = new.media_item_id AND band > (SELECT band FROM queue WHERE report_id = new.report_id);
    UPDATE possible_match SET band = (SELECT band FROM queue WHERE report_id = new.report_id)
        WHERE b = new.media_item_id AND band > (SELECT band FROM queue WHERE report_id = new.report_id);
END;
CREATE TRIGGER holder_went AFTER DELETE ON file WHEN EXISTS (SELECT 1 FROM possible_match WHERE a = old.media_item_id)
    OR EXISTS (SELECT 1 FROM possible_match WHERE b = old.media_item_id) BEGIN
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE a = old.media_item_id AND band = (SELECT band FROM queue WHERE report_id = old.report_id) AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b)
            AND q.band <= (SELECT band FROM queue WHERE report_id = old.report_id));
    UPDATE possible_match SET band = (SELECT g.band FROM gravest_band g WHERE g.a = possible_match.a AND g.b = possible_match.b)
        WHERE b = old.media_item_id AND band = (SELECT band FROM queue WHERE report_id = old.report_id) AND NOT EXISTS (
            SELECT 1 FROM file o JOIN queue q ON q.report_id = o.report_id
            WHERE o.media_item_id IN (possible_match.a, possible_match.b)
            AND q.band <= (SELECT band FROM queue WHERE report_id = old.report_id));
END;
CREATE TRIGGER possible_match_removed AFTER DELETE ON possible_match BEGIN
    UPDATE row_count SET n = n - old.waits WHERE name = 'possible';
END;
CREATE TRIGGER possible_match_decided AFTER UPDATE OF waits ON possible_match BEGIN
    UPDATE row_count SET n = n + new.waits - old.waits WHERE name = 'possible';
END;
CREATE TRIGGER media_match_added AFTER INSERT ON media_match BEGIN
    UPDATE possible_match SET waits = 0 WHERE a = new.a AND b = new.b;
END;
CREATE TRIGGER rejected_match_added AFTER INSERT ON rejected_match BEGIN
    UPDATE possible_match SET waits = 0 WHERE a = new.a AND b = new.b;
END;
CREATE TRIGGER media_match_removed AFTER DELETE ON media_match BEGIN
    UPDATE possible_match SET waits = (SELECT waits FROM waiting_match WHERE a = old.a AND b = old.b) WHERE a = old.a AND b = old.b;
END;
CREATE TRIGGER rejected_match_removed AFTER DELETE ON rejected_match BEGIN
    UPDATE possible_match SET waits = (SELECT waits FROM waiting_match WHERE a = old.a AND b = old.b) WHERE a = old.a AND b = old.b;
END;
CREATE TRIGGER file_added AFTER INSERT ON file BEGIN
    UPDATE row_count SET n = n + 1 WHERE name = 'files';
    UPDATE row_count SET n = n + 1 WHERE name = 'media in files'
        AND NOT EXISTS (SELECT 1 FROM file WHERE media_item_id = new.media_item_id AND id <> new.id);
END;
CREATE TRIGGER file_removed AFTER DELETE ON file BEGIN
    UPDATE row_count SET n = n - 1 WHERE name = 'files';
    UPDATE row_count SET n = n - 1 WHERE name = 'media in files'
        AND NOT EXISTS (SELECT 1 FROM file WHERE media_item_id = old.media_item_id);
END;
