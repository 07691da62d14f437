-- Mails that came back. The words of the closed list stand in the table itself, so the table is made anew.
CREATE TABLE deliveries_now (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    recipient   TEXT NOT NULL,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    role        TEXT NOT NULL CHECK (role IN ('agent', 'manager', 'reader')),
    address     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    mime_hash   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'in-doubt', 'sent', 'deferred', 'failed', 'unknown',
                                               'resolved-sent', 'resolved-resend', 'withdrawn', 'bounced')),
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
-- How many went out in the last minute, and which one a report of the mail system is about.
CREATE INDEX deliveries_by_doubt ON deliveries (in_doubt_at);
CREATE INDEX deliveries_by_message ON deliveries (message_id);

-- Mails that went to whoever tries out a mailing; none of them counts as sent to its recipient.
CREATE TABLE test_letters (
    id          INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    mime_hash   TEXT NOT NULL,
    address     TEXT NOT NULL,
    sent_at     TEXT NOT NULL,
    reply       TEXT NOT NULL,
    UNIQUE (delivery_id, mime_hash, address)
) STRICT;

-- Messages of a robot in a managers' chat: one for each team of a run and channel, in the states of mails.
CREATE TABLE notices (
    id          INTEGER PRIMARY KEY,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    channel     TEXT NOT NULL,
    team        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'in-doubt', 'sent', 'deferred', 'failed', 'unknown',
                                               'resolved-sent', 'resolved-resend', 'withdrawn', 'bounced')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  TEXT,
    reason      TEXT,
    claimed_by  TEXT,
    in_doubt_at TEXT,
    UNIQUE (run_id, channel, team)
) STRICT;
CREATE INDEX notices_by_doubt ON notices (channel, in_doubt_at);
