-- How much of a stale card still holds: 0 nothing; 1 what the report says of itself (ties, hashes, words); 2 that, and nobody shares
-- any of it; 3 place and ties to others too, so that only its score is made anew.
ALTER TABLE stale RENAME COLUMN score_only TO kept;
UPDATE stale SET kept = 3 WHERE kept = 1;
CREATE INDEX stale_unsaid ON stale (report_id) WHERE kept = 0;

-- A report's ties lie together and are read without a look at the ties of all reports.
DROP INDEX tie_report;
CREATE INDEX tie_report ON tie (report_id, strength, day);

-- The numbers of a report are asked for whenever it is judged or shown.
CREATE INDEX alias_report ON alias (report_id);
