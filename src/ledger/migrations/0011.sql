-- Until when each card can be questioned, as it was issued.
CREATE TABLE appeal_windows (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id),
    until       TEXT NOT NULL
) STRICT;

-- Disputes of one line of one card, each answered by a named person.
CREATE TABLE appeals (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    line        TEXT NOT NULL,
    label       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    opened_at   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
    answer      TEXT,
    answered_by TEXT,
    answered_at TEXT,
    CHECK ((state = 'open') = (answered_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX appeals_open_once ON appeals (document_id, line) WHERE state = 'open';
CREATE INDEX appeals_by_state ON appeals (state, document_id);

-- What was set by hand on one line of one agent in one period. Rows are never changed; of several for a line the last counts.
CREATE TABLE adjustments (
    id        INTEGER PRIMARY KEY,
    appeal_id INTEGER NOT NULL UNIQUE REFERENCES appeals (id),
    job       TEXT NOT NULL,
    period    TEXT NOT NULL,
    agent     TEXT NOT NULL,
    line      TEXT NOT NULL,
    sets      TEXT NOT NULL CHECK (sets IN ('points', 'value', 'numerator')),
    amount    TEXT NOT NULL,
    author    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;
CREATE INDEX adjustments_of_a_period ON adjustments (job, period);

-- The adjustments that a run took in.
CREATE TABLE run_adjustments (
    run_id        TEXT NOT NULL REFERENCES runs (id),
    adjustment_id INTEGER NOT NULL REFERENCES adjustments (id),
    PRIMARY KEY (run_id, adjustment_id)
) STRICT;

-- That an agent said to have read a card.
CREATE TABLE acknowledgements (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id),
    at          TEXT NOT NULL
) STRICT;

-- What one rater filled in on one form: a draft that may change, an upload that was not taken yet, and what was handed in.
CREATE TABLE form_answers (
    job     TEXT NOT NULL,
    period  TEXT NOT NULL,
    form    TEXT NOT NULL,
    author  TEXT NOT NULL,
    stage   TEXT NOT NULL CHECK (stage IN ('draft', 'upload', 'handed-in')),
    answers TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (job, period, form, author, stage)
) STRICT;
