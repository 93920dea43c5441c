-- Frames are hashed with two crops each (hashing/films.py): films are looked through again by the next sweep. Those that others
-- stand for are asked for nothing, and keep no frames.
UPDATE film SET frames = NULL, swept = 0 WHERE swept < 2;
UPDATE film SET frames = X'' WHERE swept = 2;
