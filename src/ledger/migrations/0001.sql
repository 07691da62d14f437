-- Instants are RFC 3339 UTC text with milliseconds (they sort as text); exact numbers are fractions as text;
-- words of the closed lists are checked here too, so that no other program can write a state we do not know.

CREATE TABLE runs (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    job         TEXT NOT NULL,
    period      TEXT NOT NULL,
    team        TEXT,
    agent       TEXT,
    trigger_word TEXT NOT NULL CHECK (trigger_word IN ('schedule', 'ad-hoc', 'demo', 'history')),
    requested_by TEXT NOT NULL,
    refresh     INTEGER NOT NULL CHECK (refresh IN (0, 1)),
    send        INTEGER NOT NULL CHECK (send IN (0, 1)),
    as_of       TEXT,
    state       TEXT NOT NULL CHECK (state IN ('planned', 'pulling', 'scoring', 'rendering', 'held', 'ready',
                                               'releasing', 'sent', 'partly-sent', 'failed', 'cancelled', 'done')),
    stage_done  INTEGER NOT NULL DEFAULT 0,
    stage_total INTEGER NOT NULL DEFAULT 0,
    created_at  TEXT NOT NULL,
    finished_at TEXT,
    cut_off     TEXT,
    error       TEXT,
    raw         TEXT,
    scheme      TEXT,
    scheme_id   TEXT,
    scheme_version TEXT,
    templates   TEXT,
    fonts       TEXT
) STRICT;
CREATE INDEX runs_of_a_period ON runs (job, period);

CREATE TABLE findings (
    run_id   TEXT NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    weight   TEXT NOT NULL CHECK (weight IN ('hold', 'hold-subject', 'note')),
    code     TEXT NOT NULL,
    subject  TEXT,
    text_zh  TEXT NOT NULL,
    text_en  TEXT NOT NULL,
    next_zh  TEXT NOT NULL,
    next_en  TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
) STRICT;

CREATE TABLE documents (
    id           INTEGER PRIMARY KEY,
    job          TEXT NOT NULL,
    period       TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('card', 'pack')),
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
    UNIQUE (job, period, kind, subject, edition)
) STRICT;

-- Which edition of each subject a run stands on, whether it issued that edition or found it unchanged.
CREATE TABLE run_documents (
    run_id      TEXT NOT NULL REFERENCES runs (id),
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    PRIMARY KEY (run_id, kind, subject)
) STRICT;
CREATE INDEX run_documents_by_document ON run_documents (document_id);

-- A document is one edition of one subject's card or pack for one job and period, so this uniqueness is that of
-- (recipient, job, period, kind, subject, edition): nobody gets the same edition twice, for ever.
CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    recipient   TEXT NOT NULL,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    role        TEXT NOT NULL CHECK (role IN ('agent', 'manager')),
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
CREATE INDEX deliveries_to_do ON deliveries (state) WHERE state <> 'sent';

-- How often a mail was put in doubt since the ledger was made; a file beside the ledger holds the same number.
CREATE TABLE send_marks (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    marks INTEGER NOT NULL
) STRICT;
INSERT INTO send_marks (only, marks) VALUES (1, 0);

CREATE TABLE requests (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('plan', 'run', 'release', 'cancel', 'resend')),
    job          TEXT NOT NULL,
    period       TEXT NOT NULL,
    team         TEXT,
    agent        TEXT,
    refresh      INTEGER NOT NULL CHECK (refresh IN (0, 1)),
    send         INTEGER NOT NULL CHECK (send IN (0, 1)),
    run_id       TEXT,
    requested_by TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'done', 'failed')),
    taken_by     TEXT,
    answer       TEXT,
    run          TEXT REFERENCES runs (id),
    created_at   TEXT NOT NULL
) STRICT;
CREATE INDEX requests_to_do ON requests (state) WHERE state IN ('waiting', 'taken');

CREATE TABLE occurrences (
    job        TEXT NOT NULL,
    due        TEXT NOT NULL,
    period     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('due', 'claimed', 'done', 'skipped')),
    claimed_by TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    run_id     TEXT REFERENCES runs (id),
    why        TEXT,
    PRIMARY KEY (job, due)
) STRICT;
CREATE INDEX occurrences_to_do ON occurrences (state) WHERE state IN ('due', 'claimed');

-- When the scheduler last looked what of a job was due.
CREATE TABLE looks (
    job TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL CHECK (role IN ('operator', 'hr', 'manager', 'agent')),
    staff_number  TEXT,
    teams         TEXT NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password_hash TEXT,
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash   TEXT PRIMARY KEY,
    user         TEXT NOT NULL REFERENCES users (name),
    csrf         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at   TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_a_user ON sessions (user);

CREATE TABLE failed_sign_ins (
    number  INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    address TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX failed_sign_ins_of_a_name ON failed_sign_ins (name, at);

CREATE TABLE audit (
    number   INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;

-- The hash of the newest audit entry, so that a chain cut at its end is noticed.
CREATE TABLE audit_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
