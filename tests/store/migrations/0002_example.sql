-- An example of a migration, tried by test_migrations.py: a column is split off into a table of its own, and its rows move along.
CREATE TABLE user_note (
    user_id INTEGER PRIMARY KEY REFERENCES user,
    note    TEXT NOT NULL                     -- roles, as they were
) STRICT;
INSERT INTO user_note (user_id, note)
    SELECT id, roles FROM user;

-- A default lets a column that may not be NULL be added to rows that exist.
ALTER TABLE user ADD COLUMN level INTEGER NOT NULL DEFAULT 1;
