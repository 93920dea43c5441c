-- After the pages were replaced the write-ahead log still holds older ones, and is emptied while others write: more may be erased by then.
-- So the acts that erased something are counted, and how many of them the pages no longer hold.
ALTER TABLE compaction_owed ADD COLUMN acts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE compaction_owed ADD COLUMN rebuilt INTEGER NOT NULL DEFAULT 0;
