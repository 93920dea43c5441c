-- Cases and what is done in them, grades of files, notices, samples, and rule sets that a lead has brought in.

CREATE TABLE case_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    opened TEXT NOT NULL, user_id INTEGER NOT NULL,
    officer INTEGER                     -- user
);
CREATE TABLE case_report (
    report_id INTEGER PRIMARY KEY REFERENCES report(id),        -- a report belongs to one case
    case_id INTEGER NOT NULL REFERENCES case_file(id),
    added TEXT NOT NULL, user_id INTEGER NOT NULL
);
CREATE INDEX case_report_case ON case_report (case_id);
CREATE TABLE case_number (
    case_id INTEGER NOT NULL REFERENCES case_file(id), kind TEXT NOT NULL, value TEXT NOT NULL,
    added TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (case_id, kind, value)
) WITHOUT ROWID;
CREATE INDEX case_number_value ON case_number (value);
-- The way of a case; the last row is where it stands. A clock that is edited is a new row of the same stage.
CREATE TABLE case_stage (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file(id),
    stage TEXT NOT NULL, since TEXT NOT NULL, due TEXT, basis TEXT NOT NULL, user_id INTEGER NOT NULL, note TEXT
);
CREATE INDEX case_stage_case ON case_stage (case_id);

-- What a person said of a medium, which is all copies of it. The newest row of a person in a round counts.
CREATE TABLE grade (
    id INTEGER PRIMARY KEY,
    medium_id INTEGER NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id),   -- where it was looked at
    user_id INTEGER NOT NULL, given TEXT NOT NULL, grade TEXT NOT NULL,
    court INTEGER NOT NULL,             -- 1: bound for court, so that two people grade it without knowing of each other
    settles INTEGER NOT NULL            -- 1: a lead's decision between two who disagreed
);
CREATE INDEX grade_medium ON grade (medium_id);
CREATE INDEX grade_report ON grade (report_id);

-- Written notices to keep data, PECA s.31.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY, report_id INTEGER NOT NULL REFERENCES report(id),
    issued TEXT NOT NULL, to_whom TEXT NOT NULL, number TEXT,
    told_court TEXT,                    -- when the Court was told
    user_id INTEGER NOT NULL
);
CREATE INDEX notice_report ON notice (report_id);

-- A lead has looked at a report in the child lane and lets it go out.
CREATE TABLE child_lane (
    report_id INTEGER PRIMARY KEY REFERENCES report(id), confirmed TEXT NOT NULL, user_id INTEGER NOT NULL
);

-- Reports of low bands drawn by lot, to be worked like any other.
CREATE TABLE sample (
    week TEXT NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id), band INTEGER NOT NULL,
    drawn TEXT NOT NULL, user_id INTEGER NOT NULL,
    PRIMARY KEY (week, report_id)
) WITHOUT ROWID;
CREATE INDEX sample_report ON sample (report_id);

-- Rule sets beside the shipped one, and which was in use since when; NULL is the shipped one.
CREATE TABLE rule_set (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, files TEXT NOT NULL, added TEXT NOT NULL, user_id INTEGER NOT NULL
);
CREATE TABLE rule_use (
    id INTEGER PRIMARY KEY, rule_set_id INTEGER REFERENCES rule_set(id), since TEXT NOT NULL, user_id INTEGER NOT NULL,
    taken_back INTEGER NOT NULL DEFAULT 0
);

-- Ties as the card of one of the two says them, so that clusters are walked without opening cards.
CREATE TABLE tied (
    report_id INTEGER NOT NULL REFERENCES report(id), other_id INTEGER NOT NULL, strength INTEGER NOT NULL,
    PRIMARY KEY (report_id, other_id)
) WITHOUT ROWID;
CREATE INDEX tied_other ON tied (other_id);
-- The cluster a report belongs to, named by the lowest id in it; reports that are tied to nobody are missing.
CREATE TABLE cluster (report_id INTEGER PRIMARY KEY REFERENCES report(id), root INTEGER NOT NULL);
CREATE INDEX cluster_root ON cluster (root);

INSERT OR IGNORE INTO stale (report_id) SELECT id FROM report;
