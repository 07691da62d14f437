-- Letters that remind people of what is asked of them, whole as they were sealed: claimed and in doubt like those that
-- carry documents.
CREATE TABLE reminders (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL,
    job         TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    address     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    letter      TEXT NOT NULL,
    planned_at  TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'in-doubt', 'sent', 'deferred', 'failed', 'unknown',
                                               'resolved-sent', 'resolved-resend', 'withdrawn', 'bounced')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  TEXT,
    reason      TEXT,
    claimed_by  TEXT,
    in_doubt_at TEXT,
    UNIQUE (key, recipient)
) STRICT;
CREATE INDEX reminders_to_do ON reminders (state) WHERE state <> 'sent';
CREATE INDEX notices_to_do ON notices (state) WHERE state <> 'sent';

-- Copies of the ledger, whoever made them; the newest tells how much a lost disk would cost.
CREATE TABLE backups (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL
) STRICT;

-- The next letter is found by its state, in the order of its number, however many were sent before; and what a run, a
-- state or a subject of the audit is asked for is found without reading everything else. SQLite uses no index that leaves
-- rows out unless the question says so in the same words, so these leave none out.
DROP INDEX deliveries_to_do;
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_of_a_run ON deliveries (run_id, state);
CREATE INDEX audit_by_subject ON audit (subject, number);
