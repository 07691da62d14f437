-- What the operator is told of: a cause is told once, again after a while as long as it stands, and kept when it has ended.
CREATE TABLE operator_alerts (
    cause     TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    tried_at  TEXT,
    told_at   TEXT,
    ended_at  TEXT
) STRICT;

-- Files that were removed on purpose, by their hash, so that their absence is no loss.
CREATE TABLE removals (
    hash       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('pdf', 'letter')),
    reason     TEXT NOT NULL,
    removed_at TEXT NOT NULL,
    PRIMARY KEY (hash, kind)
) STRICT;

-- The hash of what an edition was issued with; editions of before have none.
ALTER TABLE documents ADD COLUMN row_hash TEXT;
