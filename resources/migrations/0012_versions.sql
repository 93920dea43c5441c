-- What arrives later takes nothing away by itself. docs/decisions/24-versions.md.
-- NULL: the document counts from `since` until `until`. "waiting": it says less than what was there, or something else, and a person
-- has not chosen yet. "earlier": a fuller document took its place, and it still counts for the band. "refused": by a person.
ALTER TABLE source ADD COLUMN held TEXT;
CREATE INDEX source_held ON source (report_id) WHERE held IN ('waiting', 'earlier');

CREATE TABLE version_choice (
    id        INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES report(id),
    n         INTEGER NOT NULL,
    choice    TEXT NOT NULL CHECK (choice IN ('accepted', 'refused', 'asked')),
    chosen    TEXT NOT NULL,
    user_id   INTEGER NOT NULL,
    reason    TEXT NOT NULL
) STRICT;
CREATE INDEX version_choice_report ON version_choice (report_id);

-- A closed report for which something came: how it stood when it was closed, until it is judged again.
CREATE TABLE closed_change (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),
    band      INTEGER NOT NULL,
    risk      INTEGER NOT NULL,
    flags     TEXT NOT NULL,                  -- JSON
    deadline  INTEGER                         -- the first one then, seconds since 1970
) STRICT;
