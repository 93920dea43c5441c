-- What is kept and for how long: foreign keys that are known, where backups lie, reports set apart, held or destroyed.

-- Signing keys of other workstations, by fingerprint, so that what they signed is called by name.
CREATE TABLE trusted_key (
    fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, added TEXT NOT NULL, user_id INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest state of each backup folder; an older state is removed when a newer one is whole.
CREATE TABLE backup (
    id TEXT PRIMARY KEY,                -- of the folder, in its manifest
    place TEXT NOT NULL, number INTEGER NOT NULL, made TEXT NOT NULL,
    gone TEXT                           -- when it was said that its medium was destroyed
) WITHOUT ROWID;

-- A legal hold: as long as it stands, nobody can destroy the report.
CREATE TABLE hold (
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
    report_id INTEGER NOT NULL UNIQUE,  -- no report has this id any more, and none gets it again
    destroyed TEXT NOT NULL, user_id INTEGER NOT NULL, second_id INTEGER NOT NULL,
    band INTEGER, status INTEGER NOT NULL, office INTEGER, month TEXT NOT NULL,
    documents INTEGER NOT NULL, media INTEGER NOT NULL
);

-- Keyed hashes of numbers and bytes that were destroyed: importing them again does not revive the report.
CREATE TABLE tombstone (
    mark TEXT PRIMARY KEY, destruction_id INTEGER NOT NULL REFERENCES destruction(id),
    medium_id INTEGER                   -- no medium gets this id again
) WITHOUT ROWID;
CREATE INDEX tombstone_medium ON tombstone (medium_id);

-- What a person looked at stays in their own account when the medium is gone, so it may not hold on to the medium.
CREATE TABLE exposure_now (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, began TEXT NOT NULL, milliseconds INTEGER NOT NULL,
    step INTEGER NOT NULL, medium_id INTEGER NOT NULL, report_id INTEGER REFERENCES report(id)
);
INSERT INTO exposure_now SELECT id, user_id, began, milliseconds, step, medium_id, report_id FROM exposure;
DROP TABLE exposure;
ALTER TABLE exposure_now RENAME TO exposure;
CREATE INDEX exposure_user ON exposure (user_id, began);
CREATE INDEX exposure_report ON exposure (report_id);

-- Inner archives that an import has sealed only to read them; their keys are forgotten when it ends, or by the next import.
CREATE TABLE spooled (item INTEGER PRIMARY KEY);
