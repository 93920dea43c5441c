-- How pressing each flag is, so that a page of the queue reads no rules. Judging writes the ranks; 0 is the most pressing.
ALTER TABLE code ADD COLUMN rank INTEGER;
