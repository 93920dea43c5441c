-- When the last clock of a report runs out: what all has run out can't be preserved any more, and a clock that ran out must not hide
-- the next one. Reports are judged anew for it (0016).
ALTER TABLE queue ADD COLUMN due_last INTEGER;
UPDATE queue SET due_last = due;
