-- When a run came to each of its states, for its log.
CREATE TABLE run_steps (
    id     INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs (id),
    state  TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;
CREATE INDEX run_steps_of_a_run ON run_steps (run_id);

-- Values that a version of a scheme leaves unset, as a person filled them in; the last word on each counts.
CREATE TABLE scheme_values (
    id      INTEGER PRIMARY KEY,
    scheme  TEXT NOT NULL,
    version TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX scheme_values_of_a_version ON scheme_values (scheme, version);

-- Drafts that somebody wants tried on past periods, and what came of it.
CREATE TABLE simulations (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    job          TEXT NOT NULL,
    scheme       TEXT NOT NULL,
    version      TEXT NOT NULL,
    periods      TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'done', 'failed')),
    taken_by     TEXT,
    answer       TEXT,
    created_at   TEXT NOT NULL
) STRICT;
CREATE INDEX simulations_to_do ON simulations (state) WHERE state IN ('waiting', 'taken');
CREATE TABLE simulated_periods (
    simulation_id INTEGER NOT NULL REFERENCES simulations (id),
    period        TEXT NOT NULL,
    summary       TEXT NOT NULL,
    agents        TEXT NOT NULL,
    PRIMARY KEY (simulation_id, period)
) STRICT;
