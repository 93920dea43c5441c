-- A copy of the database that a backup made says so of itself: whoever opens it, by whatever way, has to settle first
-- what was destroyed since. The newest row counts.
CREATE TABLE restored (
    id INTEGER PRIMARY KEY,
    backup TEXT NOT NULL, number INTEGER NOT NULL, made TEXT NOT NULL,  -- which state this is a copy of
    settled TEXT,                       -- NULL: waits for the register of destructions
    register TEXT,                      -- when the register that was applied was made; NULL: a person said that there is none
    user_id INTEGER, reason TEXT
);
