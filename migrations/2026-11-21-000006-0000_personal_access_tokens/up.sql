CREATE TABLE personal_access_tokens (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    owner_kind text NOT NULL,
    name text NOT NULL CONSTRAINT personal_access_tokens_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    name_key text NOT NULL,
    description text CONSTRAINT personal_access_tokens_description_length CHECK (char_length(description) <= 1000),
    access text NOT NULL CONSTRAINT personal_access_tokens_access CHECK (access IN ('inherit')),
    digest bytea NOT NULL CONSTRAINT personal_access_tokens_digest_key UNIQUE
        CONSTRAINT personal_access_tokens_digest_length CHECK (octet_length(digest) = 32),
    hint text NOT NULL CONSTRAINT personal_access_tokens_hint_length CHECK (char_length(hint) = 4),
    created_by uuid NOT NULL,
    created_by_kind text NOT NULL CONSTRAINT personal_access_tokens_created_by_kind
        CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by uuid,
    revoked_by_kind text CONSTRAINT personal_access_tokens_revoked_by_kind
        CHECK (revoked_by_kind IN ('member', 'api_credential')),
    revoked_reason text CONSTRAINT personal_access_tokens_revoked_reason_length
        CHECK (char_length(revoked_reason) <= 1000),
    CONSTRAINT personal_access_tokens_owner_fkey FOREIGN KEY (account_id, owner_id, owner_kind)
        REFERENCES principals (account_id, id, kind) ON DELETE CASCADE,
    CONSTRAINT personal_access_tokens_expire_later CHECK (expires_at > created_at),
    CONSTRAINT personal_access_tokens_revoked_by_somebody
        CHECK (num_nulls(revoked_at, revoked_by, revoked_by_kind) IN (0, 3))
);

CREATE INDEX personal_access_tokens_owner_index ON personal_access_tokens (account_id, owner_id, owner_kind);
CREATE INDEX personal_access_tokens_newest_index ON personal_access_tokens (account_id, created_at DESC, id DESC);
