-- What was made for a request that may be sent again, and what was answered. Key and request are digests: whoever reads the
-- table learns neither. A row is written by the transaction that makes the object, so there are both or none.
CREATE TABLE idempotency_records (
    account_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    -- Of principal, method, path and key.
    key_digest bytea NOT NULL CONSTRAINT idempotency_records_key_digest_length CHECK (octet_length(key_digest) = 32),
    -- Of the body.
    body_digest bytea NOT NULL CONSTRAINT idempotency_records_body_digest_length CHECK (octet_length(body_digest) = 32),
    object_type text NOT NULL,
    object_id uuid NOT NULL,
    -- The answer's body; none where it held a secret.
    answer bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_records_pkey PRIMARY KEY (account_id, principal_id, key_digest),
    CONSTRAINT idempotency_records_expire_later CHECK (expires_at > created_at),
    CONSTRAINT idempotency_records_principal_fkey FOREIGN KEY (account_id, principal_id)
        REFERENCES principals (account_id, id) ON DELETE CASCADE
);

CREATE INDEX idempotency_records_expiry_index ON idempotency_records (expires_at);
