-- Documents beside cards and packs, and their readers who have no staff number. The words of closed lists stand in the
-- tables themselves, so both tables are made anew.
CREATE TABLE documents_now (
    id           INTEGER PRIMARY KEY,
    job          TEXT NOT NULL,
    period       TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('card', 'pack', 'ranking', 'summary', 'result-sheet', 'commendation',
                                               'tracking', 'improvement-plan', 'alert')),
    subject      TEXT NOT NULL,
    edition      INTEGER NOT NULL CHECK (edition > 0),
    run_id       TEXT NOT NULL REFERENCES runs (id),
    name         TEXT NOT NULL,
    team         TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    data         TEXT NOT NULL,
    total        TEXT,
    rank         INTEGER,
    rank_of      INTEGER,
    grade        TEXT,
    changed      TEXT,
    pdf_hash     TEXT,
    created_at   TEXT NOT NULL,
    grade_id     TEXT,
    marks        TEXT NOT NULL DEFAULT '',
    UNIQUE (job, period, kind, subject, edition)
) STRICT;
INSERT INTO documents_now (id, job, period, kind, subject, edition, run_id, name, team, content_hash, data, total, rank,
                           rank_of, grade, changed, pdf_hash, created_at, grade_id, marks)
    SELECT id, job, period, kind, subject, edition, run_id, name, team, content_hash, data, total, rank,
           rank_of, grade, changed, pdf_hash, created_at, grade_id, marks FROM documents;
DROP TABLE documents;
ALTER TABLE documents_now RENAME TO documents;

-- The recipient of a reader is the address itself.
CREATE TABLE deliveries_now (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    recipient   TEXT NOT NULL,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    role        TEXT NOT NULL CHECK (role IN ('agent', 'manager', 'reader')),
    address     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    mime_hash   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'in-doubt', 'sent', 'deferred', 'failed',
                                               'unknown', 'resolved-sent', 'resolved-resend', 'withdrawn')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  TEXT,
    reply       TEXT,
    reason      TEXT,
    claimed_by  TEXT,
    in_doubt_at TEXT,
    sent_at     TEXT,
    UNIQUE (document_id, recipient)
) STRICT;
INSERT INTO deliveries_now (id, document_id, recipient, run_id, role, address, message_id, mime_hash, state, attempts,
                            not_before, reply, reason, claimed_by, in_doubt_at, sent_at)
    SELECT id, document_id, recipient, run_id, role, address, message_id, mime_hash, state, attempts,
           not_before, reply, reason, claimed_by, in_doubt_at, sent_at FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_now RENAME TO deliveries;
CREATE INDEX deliveries_to_do ON deliveries (state) WHERE state <> 'sent';
