-- What processes hold, with the number of times that it was taken: whoever lost it and comes back sees another number.
CREATE TABLE leases (
    name  TEXT COLLATE "C" PRIMARY KEY,
    token BIGINT NOT NULL,
    note  TEXT COLLATE "C" NOT NULL
);
-- Marks these tables as a ledger, and its version.
CREATE TABLE scorepost_ledger (
    version BIGINT NOT NULL
);
INSERT INTO scorepost_ledger (version) VALUES (0);
