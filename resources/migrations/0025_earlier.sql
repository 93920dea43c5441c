-- Matches with lists by an earlier rule than that of variety: the sweep judges them anew.
ALTER TABLE list_near ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
UPDATE list_near SET earlier = 1 WHERE possible = 0;
CREATE INDEX list_near_earlier ON list_near (medium_id) WHERE earlier = 1;

-- How far the sweep has come with a list that was taken in before `met` was kept: how many of its pictures were asked for, and the
-- last picture of the store that was asked, whichever of the two sides asks.
ALTER TABLE hash_list ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hash_list ADD COLUMN asked_by INTEGER NOT NULL DEFAULT 0;
