-- An import that was interrupted may be completed by a later one: all that it took in lay in what that one hashed.
ALTER TABLE bundle ADD COLUMN completed_by INTEGER REFERENCES bundle(id);
