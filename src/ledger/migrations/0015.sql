-- The team of each document of a run, and whether the run issued it or found it unchanged: so that a run of thousands is
-- counted and leafed through without reading its documents.
ALTER TABLE run_documents ADD COLUMN team TEXT NOT NULL DEFAULT '';
ALTER TABLE run_documents ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;
UPDATE run_documents SET
    team = (SELECT documents.team FROM documents WHERE documents.id = run_documents.document_id),
    issued = (SELECT CASE WHEN documents.run_id = run_documents.run_id THEN 1 ELSE 0 END
              FROM documents WHERE documents.id = run_documents.document_id);
CREATE INDEX run_documents_by_team ON run_documents (run_id, kind, team, issued, document_id, subject);

-- Who is on the way to a provider of identities and back, by the hash of what the browser keeps; so that a restart
-- loses nobody on the way.
CREATE TABLE journeys (
    token_hash TEXT PRIMARY KEY,
    state      TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    verifier   TEXT NOT NULL,
    next_path  TEXT NOT NULL,
    address    TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX journeys_from ON journeys (address);

-- Cards are listed and averaged by the thousand; with their whole content in every row, only an index that holds all that
-- a list shows keeps the answer quick. It stands in place of the one by name, which began alike.
DROP INDEX documents_by_name;
CREATE INDEX documents_in_short ON documents
    (job, period, kind, team, subject, edition, name, total, rank, rank_of, grade, created_at);
