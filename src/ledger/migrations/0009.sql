-- The newest word of a job's roster about each period: that it was asked, and who led which team, by staff number.
-- Whoever is `in_office` led the team when the run's data ended, and goes on until a later period says otherwise.
CREATE TABLE rosters (
    job         TEXT NOT NULL,
    period      TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (job, period)
) STRICT;
CREATE TABLE team_leads (
    job       TEXT NOT NULL,
    period    TEXT NOT NULL,
    team      TEXT NOT NULL,
    manager   TEXT NOT NULL,
    in_office INTEGER NOT NULL CHECK (in_office IN (0, 1)),
    PRIMARY KEY (job, period, team, manager)
) STRICT;
CREATE INDEX team_leads_of_a_manager ON team_leads (manager);

-- Teams that a person was given beside what the roster says, from a day to a day, either of which may be open.
CREATE TABLE team_grants (
    "user"   TEXT NOT NULL REFERENCES users (name),
    team     TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL,
    PRIMARY KEY ("user", team, from_day)
) STRICT;

-- Where a person gets links to sign in with, and the links that are open, by the hash of what they carry.
ALTER TABLE users ADD COLUMN address TEXT;
CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    "user"     TEXT NOT NULL REFERENCES users (name),
    next_path  TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_links_of_a_user ON sign_in_links ("user");

-- The newest acts first, of one person or one kind.
CREATE INDEX audit_by_person ON audit (who, number);
CREATE INDEX audit_by_action ON audit (action, number);

-- Who asked for a link and from where, known or not, so that nobody is flooded; forgotten after a day.
CREATE TABLE link_asks (
    number  INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    address TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX link_asks_of_a_name ON link_asks (name, at);
