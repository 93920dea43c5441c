-- How two files match, in typed columns instead of English text (triage/model/match_way.py). In `near` and `possible` it is seen
-- from `asked`, in `film_tie` from `a`, in `still_tie` from the image, in `list_near` from the file of the store.
CREATE TABLE old_window (name TEXT, crop_window TEXT);
INSERT INTO old_window (name, crop_window) VALUES
    ('trimmed', 'trimmed'),
    ('photo inside', 'photo'),
    ('centre -5 %', 'centre-5'),
    ('centre -10 %', 'centre-10'),
    ('centre -20 %', 'centre-20'),
    ('centre -40 %', 'centre-40'),
    ('left and right cut off, 25 %', 'without-left-and-right-25'),
    ('top and bottom cut off, 25 %', 'without-top-and-bottom-25'),
    ('top left -5 %', 'top-left-5'),
    ('top right -5 %', 'top-right-5'),
    ('bottom left -5 %', 'bottom-left-5'),
    ('bottom right -5 %', 'bottom-right-5'),
    ('top cut off, 5 %', 'without-top-5'),
    ('bottom cut off, 5 %', 'without-bottom-5'),
    ('left cut off, 5 %', 'without-left-5'),
    ('right cut off, 5 %', 'without-right-5'),
    ('top left -10 %', 'top-left-10'),
    ('top right -10 %', 'top-right-10'),
    ('bottom left -10 %', 'bottom-left-10'),
    ('bottom right -10 %', 'bottom-right-10'),
    ('top cut off, 10 %', 'without-top-10'),
    ('bottom cut off, 10 %', 'without-bottom-10'),
    ('left cut off, 10 %', 'without-left-10'),
    ('right cut off, 10 %', 'without-right-10'),
    ('top left -20 %', 'top-left-20'),
    ('top right -20 %', 'top-right-20'),
    ('bottom left -20 %', 'bottom-left-20'),
    ('bottom right -20 %', 'bottom-right-20'),
    ('top cut off, 20 %', 'without-top-20'),
    ('bottom cut off, 20 %', 'without-bottom-20'),
    ('left cut off, 20 %', 'without-left-20'),
    ('right cut off, 20 %', 'without-right-20'),
    ('square in the middle', 'square'),
    ('4:3 in the middle', 'ratio-4-3'),
    ('16:9 in the middle', 'ratio-16-9'),
    ('middle towards the top', 'inner-top'),
    ('middle towards the bottom', 'inner-bottom'),
    ('middle towards the left', 'inner-left'),
    ('middle towards the right', 'inner-right'),
    ('middle towards the top left', 'inner-top-left'),
    ('middle towards the top right', 'inner-top-right'),
    ('middle towards the bottom left', 'inner-bottom-left'),
    ('middle towards the bottom right', 'inner-bottom-right'),
    ('middle turned 3 degrees left', 'rotated-3-left'),
    ('middle turned 3 degrees right', 'rotated-3-right'),
    ('uneven crop', 'uneven'),
    ('tilted crop', 'tilted'),
    ('inside the borders', 'trimmed');
CREATE TABLE old_orientation (name TEXT, orientation TEXT);
INSERT INTO old_orientation (name, orientation) VALUES
    ('turned left', 'rotated-left'), ('turned half', 'rotated-180'), ('turned right', 'rotated-right'), ('flipped', 'flipped'),
    ('mirrored', 'mirrored'), ('transposed', 'transposed'), ('transversed', 'transversed');

ALTER TABLE near ADD COLUMN hash_kind TEXT NOT NULL DEFAULT 'pdq';
ALTER TABLE near ADD COLUMN asked_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE near ADD COLUMN found_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE near ADD COLUMN orientation TEXT NOT NULL DEFAULT 'upright';
ALTER TABLE near ADD COLUMN searched INTEGER NOT NULL DEFAULT 1;   -- 0: only a person joined the two, no search found them
UPDATE near SET
    hash_kind = CASE WHEN variant LIKE 'film, %' THEN 'pdq of frames' ELSE 'pdq' END,
    orientation = coalesce((SELECT o.orientation FROM old_orientation o WHERE instr(variant, o.name)), 'upright'),
    asked_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of this')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    found_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of the other')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    searched = variant <> '';
ALTER TABLE near DROP COLUMN variant;

ALTER TABLE possible ADD COLUMN asked_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE possible ADD COLUMN found_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE possible ADD COLUMN orientation TEXT NOT NULL DEFAULT 'upright';
UPDATE possible SET
    orientation = coalesce((SELECT o.orientation FROM old_orientation o WHERE instr(variant, o.name)), 'upright'),
    asked_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of this')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    found_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of the other')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole');
ALTER TABLE possible DROP COLUMN variant;

ALTER TABLE possible RENAME COLUMN second TO dhash_distance;

ALTER TABLE film_tie ADD COLUMN a_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE film_tie ADD COLUMN b_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE film_tie ADD COLUMN orientation TEXT NOT NULL DEFAULT 'upright';
UPDATE film_tie SET
    orientation = coalesce((SELECT o.orientation FROM old_orientation o WHERE instr(variant, o.name)), 'upright'),
    a_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of this')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    b_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of the other')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole');
ALTER TABLE film_tie DROP COLUMN variant;

ALTER TABLE still_tie ADD COLUMN image_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE still_tie ADD COLUMN frame_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE still_tie ADD COLUMN orientation TEXT NOT NULL DEFAULT 'upright';
UPDATE still_tie SET
    orientation = coalesce((SELECT o.orientation FROM old_orientation o WHERE instr(variant, o.name)), 'upright'),
    image_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of this')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    frame_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of the other')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole');
ALTER TABLE still_tie DROP COLUMN variant;

ALTER TABLE list_near ADD COLUMN crop_window TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE list_near ADD COLUMN orientation TEXT NOT NULL DEFAULT 'upright';
ALTER TABLE list_near ADD COLUMN time_ms INTEGER;                   -- where in a video the frame stands that matches
UPDATE list_near SET
    orientation = coalesce((SELECT o.orientation FROM old_orientation o WHERE instr(variant, o.name)), 'upright'),
    crop_window = coalesce((SELECT w.crop_window FROM old_window w WHERE instr(variant, w.name || ' of this')
        ORDER BY length(w.name) DESC LIMIT 1), 'whole'),
    time_ms = CASE WHEN variant LIKE 'frame at %' THEN CAST(round(1000 * CAST(substr(variant, 10) AS REAL)) AS INTEGER) END;
ALTER TABLE list_near DROP COLUMN variant;

DROP TABLE old_window;
DROP TABLE old_orientation;
