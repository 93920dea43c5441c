-- Since when each user exists, who added them with whose consent, and who set their passphrase: papers say so. Unknown stays NULL.
ALTER TABLE user ADD COLUMN created TEXT;
ALTER TABLE user ADD COLUMN created_by INTEGER;      -- NULL: the first user, or unknown
ALTER TABLE user ADD COLUMN consented_by INTEGER;    -- NULL: the store had one user then, or unknown
ALTER TABLE user ADD COLUMN passphrase_set TEXT;
ALTER TABLE user ADD COLUMN passphrase_by INTEGER;   -- the user who set it; 0: the recovery key; NULL: unknown
ALTER TABLE user ADD COLUMN recovered TEXT;          -- when the recovery key gave this user a new passphrase
ALTER TABLE user ADD COLUMN confirmed TEXT;          -- when somebody else confirmed that it was this person
ALTER TABLE user ADD COLUMN confirmed_by INTEGER;

UPDATE user SET created = (SELECT store.created FROM store), passphrase_by = 1 WHERE id = 1;

-- Wrong passphrases of second persons, by the user in whose session they were typed.
CREATE TABLE consent_failure (
    id     INTEGER PRIMARY KEY,
    user   INTEGER NOT NULL REFERENCES user,
    failed TEXT NOT NULL
) STRICT;
CREATE INDEX consent_failure_user ON consent_failure (user, failed);

-- To whom the halves of the recovery key were shown. The halves themselves are kept nowhere; `public` only seals to a half.
CREATE TABLE recovery_half (
    half      INTEGER NOT NULL CHECK (half IN (1, 2)),
    valid     INTEGER NOT NULL CHECK (valid IN (0, 1)),   -- 0: waits for the other half, the older pair still counts
    pair      BLOB NOT NULL,
    public    BLOB NOT NULL,
    custodian TEXT NOT NULL,
    shown_by  INTEGER NOT NULL REFERENCES user,
    shown     TEXT NOT NULL,
    second    INTEGER REFERENCES user,                    -- who agreed; NULL: the store had one user
    PRIMARY KEY (half, valid)
) STRICT;
