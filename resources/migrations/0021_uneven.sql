-- 3: it was asked for as an uneven crop too, and others as one of it (hashing/uneven.py).
DROP INDEX picture_window_waiting;
CREATE INDEX picture_window_waiting ON picture_window (medium_id) WHERE swept < 3;
