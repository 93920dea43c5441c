-- What the pages of casework show without reading all of it: open grades, waiting requests, present stages of cases.

-- Whether the grade of a media item is open, and which two grades people gave it without knowing of each other. Each graded media item
-- is in grade_work or in grade_changed, where triggers put it: whoever reads works its row out. triage/jobs/state/open_grades.py.
CREATE TABLE grade_pair (
    id   INTEGER PRIMARY KEY,
    low  TEXT NOT NULL, high TEXT NOT NULL,   -- two grades, in this order
    n    INTEGER NOT NULL DEFAULT 0,          -- media items with this pair
    UNIQUE (low, high)
) STRICT;
CREATE TABLE grade_work (
    media_item_id INTEGER PRIMARY KEY,
    waits INTEGER CHECK (waits IN (0, 1)),    -- 0: two people disagree; 1: open otherwise; NULL: not open
    since TEXT,
    pair  INTEGER REFERENCES grade_pair(id),
    CHECK ((waits IS NULL) = (since IS NULL))
) STRICT;
CREATE INDEX grade_work_order ON grade_work (waits, since, media_item_id) WHERE waits IS NOT NULL;
CREATE TABLE grade_changed (media_item_id INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER grade_work_added AFTER INSERT ON grade_work WHEN new.pair IS NOT NULL BEGIN
    UPDATE grade_pair SET n = n + 1 WHERE id = new.pair;
END;
CREATE TRIGGER grade_work_removed AFTER DELETE ON grade_work WHEN old.pair IS NOT NULL BEGIN
    UPDATE grade_pair SET n = n - 1 WHERE id = old.pair;
END;

-- Files that two people graded alike for court, once each, that one person graded so, and that nobody graded for court: nearly
-- all. The others are worked out later.
CREATE TABLE plain_grades AS
    SELECT media_item_id, count(*) AS n, min(grade) AS low, max(grade) AS high, max(given) AS since FROM grade GROUP BY 1
    HAVING min(court) = 1 AND max(settles) = 0 AND count(inherited_from) = 0 AND count(*) = count(DISTINCT user_id)
    AND (count(*) = 1 OR (count(*) = 2 AND min(grade) = max(grade)))
    AND sum(grade IN ('abuse material', 'exploitive', 'age uncertain', 'adult', 'innocent family or medical picture',
        'drawing or made by a machine', 'not pertinent')) = count(*);
INSERT INTO grade_pair (low, high) SELECT DISTINCT low, high FROM plain_grades WHERE n = 2;
INSERT INTO grade_work SELECT media_item_id, CASE n WHEN 1 THEN 1 END, CASE n WHEN 1 THEN since END,
    CASE n WHEN 2 THEN (SELECT id FROM grade_pair p WHERE p.low = plain_grades.low AND p.high = plain_grades.high) END
    FROM plain_grades ORDER BY media_item_id;
DROP TABLE plain_grades;
INSERT INTO grade_work (media_item_id) SELECT media_item_id FROM grade GROUP BY 1 HAVING max(court) = 0;
INSERT INTO grade_changed
    SELECT DISTINCT media_item_id FROM grade WHERE media_item_id NOT IN (SELECT media_item_id FROM grade_work) ORDER BY 1;

CREATE TRIGGER grade_work_grade_added AFTER INSERT ON grade BEGIN
    DELETE FROM grade_work WHERE media_item_id = new.media_item_id;
    INSERT INTO grade_changed SELECT new.media_item_id
        WHERE NOT EXISTS (SELECT 1 FROM grade_changed WHERE media_item_id = new.media_item_id);
END;
CREATE TRIGGER grade_work_grade_removed AFTER DELETE ON grade BEGIN
    DELETE FROM grade_work WHERE media_item_id = old.media_item_id;
    DELETE FROM grade_changed WHERE media_item_id = old.media_item_id;
    INSERT INTO grade_changed SELECT old.media_item_id WHERE EXISTS (SELECT 1 FROM grade WHERE media_item_id = old.media_item_id);
END;
CREATE TRIGGER grade_work_grade_changed AFTER UPDATE OF media_item_id, user_id, given, grade, court, settles, inherited_from ON grade BEGIN
    DELETE FROM grade_work WHERE media_item_id IN (old.media_item_id, new.media_item_id);
    DELETE FROM grade_changed WHERE media_item_id IN (old.media_item_id, new.media_item_id);
    INSERT INTO grade_changed SELECT DISTINCT media_item_id FROM grade WHERE media_item_id IN (old.media_item_id, new.media_item_id);
END;
CREATE TRIGGER grade_work_match_rejected AFTER INSERT ON rejected_match BEGIN
    INSERT INTO grade_changed SELECT DISTINCT media_item_id FROM grade g
        WHERE media_item_id IN (new.a, new.b) AND inherited_from IN (new.a, new.b)
        AND NOT EXISTS (SELECT 1 FROM grade_changed c WHERE c.media_item_id = g.media_item_id);
    DELETE FROM grade_work WHERE media_item_id IN (new.a, new.b)
        AND EXISTS (SELECT 1 FROM grade_changed c WHERE c.media_item_id = grade_work.media_item_id);
END;
CREATE TRIGGER grade_work_match_confirmed AFTER DELETE ON rejected_match BEGIN
    INSERT INTO grade_changed SELECT DISTINCT media_item_id FROM grade g
        WHERE media_item_id IN (old.a, old.b) AND inherited_from IN (old.a, old.b)
        AND NOT EXISTS (SELECT 1 FROM grade_changed c WHERE c.media_item_id = g.media_item_id);
    DELETE FROM grade_work WHERE media_item_id IN (old.a, old.b)
        AND EXISTS (SELECT 1 FROM grade_changed c WHERE c.media_item_id = grade_work.media_item_id);
END;

-- Requests that were sent and are neither answered nor closed, counted by kind and day. `sent` is a day or, with a T, a time of it.
CREATE TABLE request_waiting_count (
    kind TEXT NOT NULL, sent TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (kind, sent)
) STRICT, WITHOUT ROWID;
INSERT INTO request_waiting_count SELECT kind, substr(sent, 1, 11), count(*) FROM request r
    WHERE sent IS NOT NULL AND closed IS NULL AND NOT EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = r.id) GROUP BY 1, 2;
CREATE TRIGGER request_waiting_added AFTER INSERT ON request WHEN new.sent IS NOT NULL AND new.closed IS NULL BEGIN
    INSERT INTO request_waiting_count VALUES (new.kind, substr(new.sent, 1, 11), 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER request_waiting_changed AFTER UPDATE OF kind, sent, closed ON request
    WHEN NOT EXISTS (SELECT 1 FROM request_reply WHERE request_id = new.id) BEGIN
    UPDATE request_waiting_count SET n = n - 1
        WHERE kind = old.kind AND sent = substr(old.sent, 1, 11) AND old.closed IS NULL;
    INSERT INTO request_waiting_count SELECT new.kind, substr(new.sent, 1, 11), 1
        WHERE new.sent IS NOT NULL AND new.closed IS NULL ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER request_waiting_answered AFTER INSERT ON request_reply
    WHEN NOT EXISTS (SELECT 1 FROM request_reply WHERE request_id = new.request_id AND id <> new.id) BEGIN
    UPDATE request_waiting_count SET n = n - 1 WHERE (kind, sent) =
        (SELECT kind, substr(sent, 1, 11) FROM request WHERE id = new.request_id AND closed IS NULL);
END;
CREATE TRIGGER request_waiting_again AFTER DELETE ON request_reply
    WHEN NOT EXISTS (SELECT 1 FROM request_reply WHERE request_id = old.request_id) BEGIN
    UPDATE request_waiting_count SET n = n + 1 WHERE (kind, sent) =
        (SELECT kind, substr(sent, 1, 11) FROM request WHERE id = old.request_id AND closed IS NULL);
END;
CREATE INDEX preservation_notice_owed ON preservation_notice (request_id) WHERE request_id IS NOT NULL AND court_informed IS NULL;

-- Cases that are in no list, those of an officer, and the present stage of each.
CREATE INDEX case_withdrawn ON case_file (id) WHERE withdrawn IS NOT NULL;
CREATE INDEX case_officer ON case_file (officer) WHERE withdrawn IS NULL;
CREATE TABLE case_present (case_id INTEGER PRIMARY KEY, stage TEXT NOT NULL, due TEXT) STRICT;
INSERT INTO case_present
    SELECT case_id, stage, due FROM (SELECT case_id, stage, due, max(id) FROM case_stage GROUP BY case_id) ORDER BY case_id;
CREATE INDEX case_present_due ON case_present (due, case_id) WHERE due IS NOT NULL;
CREATE TRIGGER case_present_changed AFTER INSERT ON case_stage BEGIN
    DELETE FROM case_present WHERE case_id = new.case_id;
    INSERT INTO case_present VALUES (new.case_id, new.stage, new.due);
END;
