-- What judging need not do again. `place_of` says what the location was judged by, `said.digest` what a report's ties, hashes and
-- words were made from; NULL and missing: not known, so that they are made anew.
ALTER TABLE card ADD COLUMN place_of BLOB;
CREATE TABLE said (report_id INTEGER PRIMARY KEY REFERENCES report(id), digest BLOB NOT NULL);
