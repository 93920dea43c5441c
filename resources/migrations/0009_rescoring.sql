-- After the rules changed, place and ties of a report stay as they are: only its score is made anew.
ALTER TABLE stale ADD COLUMN score_only INTEGER NOT NULL DEFAULT 0;
