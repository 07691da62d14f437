-- Occasions of a job are told apart by their milestone too, which is empty for the schedule's own; so several things of
-- one period can fall due at the same instant. The table is made anew for its key.
CREATE TABLE occurrences_now (
    job        TEXT NOT NULL,
    milestone  TEXT NOT NULL,
    due        TEXT NOT NULL,
    period     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('due', 'claimed', 'done', 'skipped')),
    claimed_by TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    run_id     TEXT REFERENCES runs (id),
    why        TEXT,
    PRIMARY KEY (job, milestone, due)
) STRICT;
INSERT INTO occurrences_now (job, milestone, due, period, state, claimed_by, attempts, not_before, run_id, why)
    SELECT job, '', due, period, state, claimed_by, attempts, not_before, run_id, why FROM occurrences;
DROP TABLE occurrences;
ALTER TABLE occurrences_now RENAME TO occurrences;
CREATE INDEX occurrences_to_do ON occurrences (state) WHERE state IN ('due', 'claimed');

-- The scheduler asks every minute for the few runs that are not over or failed.
CREATE INDEX runs_by_state ON runs (state);

-- Jobs whose occasions a person stopped for a while.
CREATE TABLE pauses (
    job    TEXT PRIMARY KEY,
    who    TEXT NOT NULL,
    at     TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Since when a run waits for its release.
CREATE TABLE waits (
    run_id TEXT PRIMARY KEY REFERENCES runs (id),
    since  TEXT NOT NULL
) STRICT;

-- Who said that a run's mails may go, where two persons must.
CREATE TABLE release_words (
    run_id TEXT NOT NULL REFERENCES runs (id),
    who    TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (run_id, who)
) STRICT;

-- What people are told about a job once: reminders, deadlines that passed.
CREATE TABLE announcements (
    id      INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    job     TEXT NOT NULL,
    period  TEXT NOT NULL,
    run_id  TEXT,
    text_zh TEXT NOT NULL,
    text_en TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX announcements_of_a_job ON announcements (job, id);
