-- Hashes of the likeliest crops of each picture (hashing/windows.py), and how a like picture was found.
CREATE TABLE picture_window (
    medium_id INTEGER PRIMARY KEY REFERENCES medium(id) ON DELETE CASCADE,
    hashes BLOB NOT NULL,               -- whole, trimmed, then each crop: PDQ and a second hash
    swept INTEGER NOT NULL DEFAULT 0    -- 1: all its crops and turns were looked for in the store
);
CREATE INDEX picture_window_waiting ON picture_window (medium_id) WHERE swept = 0;

ALTER TABLE near ADD COLUMN variant TEXT NOT NULL DEFAULT '';   -- which crop or turn of which of the two

-- Pairs of which a person said that they are not the same picture; a < b. They share no group again, whatever their hashes say.
CREATE TABLE apart (
    a INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE, b INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    said TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX apart_b ON apart (b);
