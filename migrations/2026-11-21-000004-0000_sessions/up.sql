CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT sessions_digest_key UNIQUE
        CONSTRAINT sessions_digest_length CHECK (octet_length(digest) = 32),
    address inet NOT NULL,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sessions_member_fkey FOREIGN KEY (account_id, member_id)
        REFERENCES members (account_id, id) ON DELETE CASCADE
);

CREATE INDEX sessions_member_index ON sessions (account_id, member_id);
