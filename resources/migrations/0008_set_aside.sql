-- What was set aside and could be read later, with a password or by a newer program, leaves the work list and stays in the store.

ALTER TABLE set_aside ADD COLUMN resolved TEXT;          -- when; NULL: still on the list
CREATE INDEX set_aside_sha256 ON set_aside (sha256);

-- Whether a medium stands in a report under a name is asked for every file: the empty file may stand in every report.
DROP INDEX occurrence_medium;
CREATE INDEX occurrence_medium ON occurrence (medium_id, name);
