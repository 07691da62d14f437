-- What a request asks beyond its own columns: a version of the scheme, the letters that are to go.
CREATE TABLE request_terms (
    request_id INTEGER NOT NULL REFERENCES requests (id),
    name       TEXT NOT NULL CHECK (name IN ('scheme-version', 'letters')),
    value      TEXT NOT NULL,
    PRIMARY KEY (request_id, name)
) STRICT;

-- The version of the scheme that a run scores by, where a person chose one; otherwise the one in force.
CREATE TABLE run_schemes (
    run_id  TEXT PRIMARY KEY REFERENCES runs (id),
    version TEXT NOT NULL
) STRICT;

-- The letters of a released run that may go, where not all may; the others wait for another word.
CREATE TABLE chosen_letters (
    run_id      TEXT NOT NULL REFERENCES runs (id),
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (run_id, delivery_id)
) STRICT;

-- How far each stage of a run is.
CREATE TABLE stage_progress (
    run_id TEXT NOT NULL REFERENCES runs (id),
    stage  TEXT NOT NULL,
    done   INTEGER NOT NULL,
    total  INTEGER NOT NULL,
    what   TEXT NOT NULL,
    PRIMARY KEY (run_id, stage)
) STRICT;
