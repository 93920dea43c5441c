-- How many destructions a backup's state knows of. Times say it only to the second, and a clock may be set back.
ALTER TABLE backup ADD COLUMN destructions INTEGER NOT NULL DEFAULT 0;
UPDATE backup SET destructions = (SELECT count(*) FROM destruction d WHERE d.destroyed < backup.made);
