-- Consequences that a scheme derived for a card. Nothing follows from one until a named person approves it; the document
-- is the newest edition that proposes it, or the one on which it was decided; `earlier` is the one that it replaces, or
-- the decided one from which it differs.
CREATE TABLE proposals (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    rule        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    text_zh     TEXT NOT NULL,
    text_en     TEXT NOT NULL,
    evidence_zh TEXT NOT NULL,
    evidence_en TEXT NOT NULL,
    amount      TEXT,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
    earlier     INTEGER REFERENCES proposals (id),
    created_at  TEXT NOT NULL,
    decided_by  TEXT,
    decided_at  TEXT,
    reason      TEXT,
    CHECK ((state = 'pending') = (decided_by IS NULL)),
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK ((state = 'pending') = (reason IS NULL))
) STRICT;
CREATE INDEX proposals_of_a_document ON proposals (document_id);
CREATE INDEX proposals_to_decide ON proposals (document_id) WHERE state = 'pending';
