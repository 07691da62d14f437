-- Events that people wrote down, with what shows them, by whom, and why one was withdrawn; what counts goes to runs
-- through the folder in which a job collects forms.
CREATE TABLE recorded_events (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    job          TEXT NOT NULL,
    period       TEXT NOT NULL,
    team         TEXT NOT NULL,
    agent        TEXT NOT NULL,
    name         TEXT NOT NULL,
    day          TEXT NOT NULL,
    kind         TEXT NOT NULL,
    cause        TEXT,
    points       TEXT,
    count        INTEGER NOT NULL CHECK (count > 0),
    evidence     TEXT NOT NULL,
    author       TEXT NOT NULL,
    at           TEXT NOT NULL,
    withdrawn_by TEXT,
    withdrawn_at TEXT,
    reason       TEXT
) STRICT;
CREATE INDEX recorded_events_of_a_team ON recorded_events (job, period, team, id);

-- The first of two words by which a proposal is approved, where a job asks for two.
ALTER TABLE proposals ADD COLUMN first_by TEXT;
ALTER TABLE proposals ADD COLUMN first_at TEXT;
ALTER TABLE proposals ADD COLUMN first_reason TEXT;
ALTER TABLE proposals ADD COLUMN first_through TEXT;

-- When the agent of a refused appeal was told by letter; those of before were told in the console alone.
ALTER TABLE appeals ADD COLUMN told_at TEXT;
UPDATE appeals SET told_at = answered_at WHERE state = 'refused';
