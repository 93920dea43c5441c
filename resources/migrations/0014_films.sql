-- Hashes of the frames of each film (hashing/films.py), and what films share with one another and with pictures.

CREATE TABLE film (
    medium_id INTEGER PRIMARY KEY REFERENCES medium(id) ON DELETE CASCADE,
    frames BLOB,                        -- NULL: came before frames were hashed; the next sweep takes them
    crowd INTEGER NOT NULL DEFAULT 0,   -- films it was found to share frames with, when they were too many to keep
    swept INTEGER NOT NULL DEFAULT 0    -- 1: its frames were looked for in all turns; 2: others stand for it
);
CREATE INDEX film_waiting ON film (medium_id) WHERE swept = 0;

-- Two films; a < b. Of how many frames of each were found in the other.
CREATE TABLE film_tie (
    a INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE, b INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    relation TEXT NOT NULL,             -- of a to b: same, part, holds, shares
    a_found INTEGER NOT NULL, a_frames INTEGER NOT NULL, b_found INTEGER NOT NULL, b_frames INTEGER NOT NULL,
    apart INTEGER NOT NULL,             -- found frames that are not alike to one another, counted as far as is asked
    distance INTEGER NOT NULL,          -- median of the found frames, in bits
    quality INTEGER NOT NULL,           -- the lowest of the found frames
    variant TEXT NOT NULL,              -- turn, and whether bars were left out
    possible INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX film_tie_b ON film_tie (b);

-- A still picture that is like a frame of a film.
CREATE TABLE still_tie (
    picture INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE, film INTEGER NOT NULL REFERENCES medium(id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL, distance INTEGER NOT NULL, quality INTEGER NOT NULL, variant TEXT NOT NULL,
    PRIMARY KEY (picture, film)
) WITHOUT ROWID;
CREATE INDEX still_tie_film ON still_tie (film);

-- MediaFacts as MessagePack: the kind of a film begins with "video/".
INSERT INTO film (medium_id) SELECT id FROM medium WHERE instr(facts, CAST('video/' AS BLOB)) > 0;
