-- What people and crowds make of likeness: pairs that wait for a person, pictures that stand for many, hashes held for review,
-- where pictures and hash lists meet, and grades taken over from a like picture.

ALTER TABLE near ADD COLUMN asked INTEGER;               -- the picture that the variant calls "this"; NULL: not kept then
ALTER TABLE near ADD COLUMN said TEXT;                   -- when a person said that they are the same; NULL: by their hashes
ALTER TABLE near ADD COLUMN user_id INTEGER;

-- Pairs that are possibly the same: for a person to judge, and for nothing else; a < b.
CREATE TABLE possible (
    a INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE, b INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    distance INTEGER NOT NULL, second INTEGER NOT NULL, variant TEXT NOT NULL, asked INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX possible_b ON possible (b);

-- A picture that so many are like that it stands for them: whoever is like it is tied to it alone.
CREATE TABLE crowd (medium_id INTEGER PRIMARY KEY REFERENCES medium(id) ON DELETE CASCADE);

-- 1: the matches of its crops and turns are in `near`; 2: its possible ones were looked for too.
DROP INDEX picture_window_waiting;
CREATE INDEX picture_window_waiting ON picture_window (medium_id) WHERE swept < 2;

-- Where a picture of the store and a hash of a list meet.
CREATE TABLE list_near (
    value BLOB NOT NULL, medium_id INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    list_id INTEGER NOT NULL, item_id INTEGER NOT NULL,
    distance INTEGER NOT NULL, variant TEXT NOT NULL,
    possible INTEGER NOT NULL,          -- 1: only a part of the picture is like it, and a list has no second hash to ask
    PRIMARY KEY (value, medium_id, list_id, item_id)
) WITHOUT ROWID;
CREATE INDEX list_near_medium ON list_near (medium_id);
CREATE INDEX list_near_list ON list_near (list_id);
ALTER TABLE hash_list ADD COLUMN met INTEGER NOT NULL DEFAULT 0;        -- 1: every picture of the store was asked
-- What a person said of such a meeting; it stands when the list goes and comes again.
CREATE TABLE list_said (
    value BLOB NOT NULL, medium_id INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    same INTEGER NOT NULL, said TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (value, medium_id)
) WITHOUT ROWID;
CREATE INDEX list_said_medium ON list_said (medium_id);

-- A hash that matches hundreds counts for nothing until a lead has said what it is. Either a list's hash or a crowd's picture.
CREATE TABLE held (
    id INTEGER PRIMARY KEY,
    value BLOB UNIQUE, medium_id INTEGER UNIQUE REFERENCES medium(id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    outcome TEXT, decided TEXT, user_id INTEGER          -- 'confirmed' or 'rejected'; NULL: it waits
);

ALTER TABLE grade ADD COLUMN inherited_from INTEGER;     -- the medium that was seen; NULL: this one was
ALTER TABLE grade ADD COLUMN distance INTEGER;           -- between the two
