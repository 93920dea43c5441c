-- Hash lists keep what they say of each entry, and every report's hashes stand in one table, so that lists and reports are
-- matched as sets, either way.

ALTER TABLE hash_list ADD COLUMN format TEXT NOT NULL DEFAULT '';
ALTER TABLE hash_list ADD COLUMN hash_kinds TEXT NOT NULL DEFAULT '{}';   -- JSON: distinct values by kind, all kinds
ALTER TABLE hash_list ADD COLUMN remarks TEXT NOT NULL DEFAULT '{}';      -- JSON: what could not be read, and notes

-- What a list says of an entry. Entries of which it says the same, and names no place, share a row.
CREATE TABLE list_item (
    id INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES hash_list(id),
    category TEXT,                      -- verbatim, 'null' when empty, NULL when absent
    paths TEXT,                         -- JSON array: where a seized device holds the file
    said TEXT                           -- JSON object: series, victim_identified, tags ...
);
CREATE INDEX list_item_list ON list_item (list_id);

-- No reference to list_item, or to delete a list would search this table once for each of its items; both go together.
CREATE TABLE list_hash (
    hash_kind TEXT NOT NULL, value BLOB NOT NULL, list_id INTEGER NOT NULL, item_id INTEGER NOT NULL,
    PRIMARY KEY (hash_kind, value, list_id, item_id)
) WITHOUT ROWID;

INSERT INTO list_item (list_id, category) SELECT DISTINCT list_id, category FROM hash_entry;
INSERT INTO list_hash (hash_kind, value, list_id, item_id)
    SELECT e.hash_kind, e.value, e.list_id, i.id FROM hash_entry e JOIN list_item i ON i.list_id = e.list_id AND i.category IS e.category;
UPDATE hash_list SET hash_kinds = (
    SELECT json_group_object(hash_kind, n) FROM (SELECT hash_kind, count(*) AS n FROM hash_entry WHERE list_id = hash_list.id GROUP BY 1)
);
DROP TABLE hash_entry;

-- The hashes of each report's files: of the bytes when they came, else as the source declared them.
CREATE TABLE file_hash (
    hash_kind TEXT NOT NULL, value BLOB NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id),
    name TEXT NOT NULL,                 -- of the file, for people
    declared INTEGER NOT NULL,          -- 1: only the source says so, the bytes did not come
    PRIMARY KEY (hash_kind, value, report_id, name)
) WITHOUT ROWID;
CREATE INDEX file_hash_report ON file_hash (report_id);

-- `file_hash` is filled when a card is made.
INSERT OR IGNORE INTO stale (report_id) SELECT id FROM report;
