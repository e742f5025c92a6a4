-- How often signing in has failed: for each address of e-mail, for each network address, and for the two together. The keys
-- are keyed digests, so that nobody reads from this table who was tried.
CREATE TABLE sign_in_counters (
    digest bytea PRIMARY KEY CONSTRAINT sign_in_counters_digest_length CHECK (octet_length(digest) = 32),
    failures integer NOT NULL CONSTRAINT sign_in_counters_failures CHECK (failures >= 0),
    failed_at timestamptz NOT NULL,
    -- Until when failures from elsewhere delay nobody here; of pairs that signed in.
    trusted_until timestamptz
);

CREATE INDEX sign_in_counters_failed_index ON sign_in_counters (failed_at);
