-- Who holds a link key is looked up by a digest of the key, in a table with short rows.
-- The keys themselves lie once and by report; they lay twice. triage/store/queries/key_holders.py.

-- `salt` goes into the digests. New holders are moved into the large table a part of the digests at a time: `moved` counts the parts.
CREATE TABLE link_key_state (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    salt  BLOB NOT NULL,
    moved INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO link_key_state (id, salt) VALUES (1, randomblob(16));

CREATE TABLE link_key_holder (
    digest    INTEGER NOT NULL,               -- of kind and value: link_key_digest(kind, CAST(value AS BLOB))
    report_id INTEGER NOT NULL,
    day       INTEGER,                        -- as in link_key
    PRIMARY KEY (digest, report_id)
) STRICT, WITHOUT ROWID;
-- Those that came last.
CREATE TABLE link_key_holder_new (
    digest    INTEGER NOT NULL,
    report_id INTEGER NOT NULL,
    day       INTEGER,
    PRIMARY KEY (digest, report_id)
) STRICT, WITHOUT ROWID;
CREATE VIEW link_key_holders AS
    SELECT digest, report_id, day FROM link_key_holder UNION ALL SELECT digest, report_id, day FROM link_key_holder_new;

-- A quarter of a million reports at a time: their rows are sorted in memory.
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 1 AND 250000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 250001 AND 500000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 500001 AND 750000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 750001 AND 1000000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 1000001 AND 1250000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 1250001 AND 1500000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 1500001 AND 1750000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id BETWEEN 1750001 AND 2000000 AND kind <> 'sentence' ORDER BY 1, 2;
INSERT INTO link_key_holder SELECT link_key_digest(kind, CAST(value AS BLOB)), report_id, day FROM link_key
    WHERE report_id > 2000000 AND kind <> 'sentence' ORDER BY 1, 2;

CREATE TABLE link_key_by_report (
    report_id INTEGER NOT NULL REFERENCES report(id), kind TEXT NOT NULL, value TEXT NOT NULL, strength INTEGER NOT NULL,
    day INTEGER,                              -- of the incident, days since 1970: a reissued number links less
    PRIMARY KEY (report_id, kind, value)
) WITHOUT ROWID;
INSERT INTO link_key_by_report SELECT report_id, kind, value, strength, day FROM link_key INDEXED BY link_key_report
    ORDER BY report_id, kind, value;
DROP TABLE link_key;
ALTER TABLE link_key_by_report RENAME TO link_key;
-- Sentences are looked up by how they begin.
CREATE INDEX link_key_sentence ON link_key (value) WHERE kind = 'sentence';
