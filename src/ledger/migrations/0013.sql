-- Programs that speak for a user: kept by the hash of their token, with what they may do at most and until when.
CREATE TABLE api_tokens (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    "user"       TEXT NOT NULL REFERENCES users (name),
    token_hash   TEXT NOT NULL UNIQUE,
    abilities    TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at   TEXT
) STRICT;
