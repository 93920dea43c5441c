-- The planes hold all deadlines of a report and not only the next one, so that no answer depends on when the store was written
-- last. docs/decisions/18-queue-planes.md tells how the next one is found.

-- The deadlines again, each with its place. The ones before it have run out when it is the next one.
CREATE TABLE deadline_of (
    report_id INTEGER NOT NULL REFERENCES report(id),
    due       INTEGER NOT NULL,               -- seconds since 1970
    name      INTEGER NOT NULL,               -- a code
    duty      INTEGER NOT NULL,               -- 1: a person has to do it; it is overdue until it is done
    place     INTEGER NOT NULL,               -- 1, 2 ... in order of time; 0: never the next one (triage/store/queries/deadlines.py)
    since     INTEGER,                        -- when the place before it ends: from then on it is the next one
    PRIMARY KEY (report_id, due, name)
) STRICT, WITHOUT ROWID;
INSERT INTO deadline_of SELECT report_id, due, name, duty, place, CASE WHEN place > 1 THEN
    max(due) OVER (PARTITION BY report_id ORDER BY due RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) END
    FROM (SELECT *, CASE
        WHEN row_number() OVER (PARTITION BY report_id, due ORDER BY duty DESC, name) > 1 THEN 0
        WHEN max(duty) OVER (PARTITION BY report_id ORDER BY due RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 1 THEN 0
        ELSE dense_rank() OVER (PARTITION BY report_id ORDER BY due) END AS place
        FROM deadline);
DROP TABLE deadline;
ALTER TABLE deadline_of RENAME TO deadline;
CREATE INDEX deadline_due ON deadline (name, due);
CREATE INDEX deadline_place ON deadline (place, due) WHERE place > 0;

-- Deadlines that changed after the planes were written, side by side; without a time: this place is empty since.
-- A row of no report: the planes of all deadlines are still to be written.
CREATE TABLE deadline_change (
    n INTEGER PRIMARY KEY AUTOINCREMENT, queue_row INTEGER NOT NULL, place INTEGER NOT NULL, due INTEGER, duty INTEGER NOT NULL
) STRICT;
INSERT INTO deadline_change (queue_row, place, duty) SELECT 0, 0, 0 WHERE EXISTS (SELECT 1 FROM deadline);
CREATE TRIGGER deadline_added AFTER INSERT ON deadline WHEN new.place > 0 BEGIN
    INSERT INTO deadline_change VALUES (NULL, new.report_id, new.place, new.due, new.duty);
END;
CREATE TRIGGER deadline_removed AFTER DELETE ON deadline WHEN old.place > 0 BEGIN
    INSERT INTO deadline_change VALUES (NULL, old.report_id, old.place, NULL, 0);
END;

-- The planes of the next deadline go; the pairs of copies come behind the new planes.
DELETE FROM queue_plane WHERE id >= 313 << 20 AND id < 352 << 20;
UPDATE queue_plane SET id = id + (121 << 20) WHERE id >= 493 << 20;

-- The queue's rows no longer know deadlines.
DROP TRIGGER queue_added;
DROP TRIGGER queue_removed;
DROP TRIGGER queue_changed;
DROP TABLE queue_due_count;
DROP INDEX queue_passing;
DROP INDEX queue_preserve;
ALTER TABLE queue DROP COLUMN due;
ALTER TABLE queue DROP COLUMN due_duty;
ALTER TABLE queue DROP COLUMN due_after;
ALTER TABLE queue_change DROP COLUMN due;
CREATE TRIGGER queue_added AFTER INSERT ON queue BEGIN
    INSERT INTO queue_change VALUES (NULL, new.report_id,
        new.band, new.risk, new.actionability, new.status, new.office, new.province, new.incident_type, new.esp, new.assignee,
        new.flags, new.languages, new.received, new.arrived, new.duplicates_of, new.number_key);
    INSERT INTO queue_count VALUES (new.status, new.band, coalesce(new.office, 0), new.flags & 1, 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_provider_count VALUES (coalesce(new.esp, 0), new.band, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_month_count VALUES (coalesce(strftime('%Y-%m', new.received, 'unixepoch'), 'unknown'), 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_day_count VALUES (coalesce(new.office, 0), coalesce((max(new.received, 0) + 18000) / 86400, -1),
        CASE WHEN new.status IN (0, 1, 5) THEN new.band ELSE -1 END, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER queue_removed AFTER DELETE ON queue BEGIN
    INSERT INTO queue_change (queue_row) VALUES (old.report_id);
    UPDATE queue_count SET n = n - 1
        WHERE status = old.status AND band = old.band AND office = coalesce(old.office, 0) AND child = old.flags & 1;
    UPDATE queue_provider_count SET n = n - 1
        WHERE provider = coalesce(old.esp, 0) AND band = old.band AND status = old.status;
    UPDATE queue_month_count SET n = n - 1 WHERE month = coalesce(strftime('%Y-%m', old.received, 'unixepoch'), 'unknown');
    UPDATE queue_day_count SET n = n - 1 WHERE office = coalesce(old.office, 0)
        AND day = coalesce((max(old.received, 0) + 18000) / 86400, -1)
        AND band = CASE WHEN old.status IN (0, 1, 5) THEN old.band ELSE -1 END;
END;
-- It may run before queue_added, when a look is older than the row: then there is nothing to count down yet.
CREATE TRIGGER queue_changed AFTER UPDATE ON queue BEGIN
    INSERT INTO queue_change VALUES (NULL, new.report_id,
        new.band, new.risk, new.actionability, new.status, new.office, new.province, new.incident_type, new.esp, new.assignee,
        new.flags, new.languages, new.received, new.arrived, new.duplicates_of, new.number_key);
    INSERT INTO queue_count VALUES (old.status, old.band, coalesce(old.office, 0), old.flags & 1, -1)
        ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_count VALUES (new.status, new.band, coalesce(new.office, 0), new.flags & 1, 1)
        ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_provider_count VALUES (coalesce(old.esp, 0), old.band, old.status, -1) ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_provider_count VALUES (coalesce(new.esp, 0), new.band, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO queue_day_count VALUES (coalesce(old.office, 0), coalesce((max(old.received, 0) + 18000) / 86400, -1),
        CASE WHEN old.status IN (0, 1, 5) THEN old.band ELSE -1 END, -1) ON CONFLICT DO UPDATE SET n = n - 1;
    INSERT INTO queue_day_count VALUES (coalesce(new.office, 0), coalesce((max(new.received, 0) + 18000) / 86400, -1),
        CASE WHEN new.status IN (0, 1, 5) THEN new.band ELSE -1 END, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

-- How many reports that are not closed enter the lane "preserve now", less those that leave it, by the second (step 1) and by
-- 16,384 seconds: a report is in it for the last thirty days of its next deadline, and with a duty until it is done.
CREATE TABLE expiring_count (
    step INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL,         -- at: in steps since 1970
    PRIMARY KEY (step, at)
) STRICT, WITHOUT ROWID;
CREATE VIEW expiring_change (report_id, place, step, at, n) AS
    SELECT e.report_id, e.place, s.column1, e.at / s.column1, e.n FROM (
        SELECT report_id, place, max(due - 2591999, coalesce(since + 1, due - 2591999)) AS at, 1 AS n FROM deadline WHERE place > 0
        UNION ALL SELECT report_id, place, due + 1, -1 FROM deadline WHERE place > 0 AND duty = 0
    ) e CROSS JOIN (VALUES (1), (16384)) s;
INSERT INTO expiring_count SELECT step, at, sum(n) FROM expiring_change
    WHERE report_id IN (SELECT report_id FROM queue WHERE status <> 4) GROUP BY 1, 2 HAVING sum(n) <> 0;
CREATE TRIGGER expiring_unchanged AFTER UPDATE ON expiring_count WHEN new.n = 0 BEGIN
    DELETE FROM expiring_count WHERE step = new.step AND at = new.at;
END;
CREATE TRIGGER expiring_deadline_added AFTER INSERT ON deadline
    WHEN new.place > 0 AND EXISTS (SELECT 1 FROM queue WHERE report_id = new.report_id AND status <> 4) BEGIN
    INSERT INTO expiring_count SELECT step, at, n FROM expiring_change WHERE report_id = new.report_id AND place = new.place
        ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER expiring_deadline_removed BEFORE DELETE ON deadline
    WHEN old.place > 0 AND EXISTS (SELECT 1 FROM queue WHERE report_id = old.report_id AND status <> 4) BEGIN
    INSERT INTO expiring_count SELECT step, at, -n FROM expiring_change WHERE report_id = old.report_id AND place = old.place
        ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER expiring_queue_added AFTER INSERT ON queue WHEN new.status <> 4 BEGIN
    INSERT INTO expiring_count SELECT step, at, n FROM expiring_change WHERE report_id = new.report_id
        ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER expiring_queue_removed AFTER DELETE ON queue WHEN old.status <> 4 BEGIN
    INSERT INTO expiring_count SELECT step, at, -n FROM expiring_change WHERE report_id = old.report_id
        ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER expiring_status_changed AFTER UPDATE OF status ON queue WHEN (old.status = 4) <> (new.status = 4) BEGIN
    INSERT INTO expiring_count SELECT step, at, CASE new.status WHEN 4 THEN -n ELSE n END FROM expiring_change
        WHERE report_id = new.report_id ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
