-- People. A user who has not accepted any invitation yet has neither name nor password.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT users_email_length CHECK (octet_length(email) BETWEEN 3 AND 254),
    email_key text NOT NULL CONSTRAINT users_email_key UNIQUE,
    name text CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    password_hash text CONSTRAINT users_password_is_argon2id CHECK (password_hash LIKE '$argon2id$%'),
    state text NOT NULL CONSTRAINT users_state CHECK (state IN ('active', 'disabled')),
    created_at timestamptz NOT NULL
);

-- Who can hold rights in an account: its members and its API credentials, under one id each.
CREATE TABLE principals (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT principals_kind CHECK (kind IN ('member', 'api_credential')),
    CONSTRAINT principals_account_id_id_key UNIQUE (account_id, id),
    CONSTRAINT principals_account_id_id_kind_key UNIQUE (account_id, id, kind)
);

CREATE TABLE members (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    kind text NOT NULL DEFAULT 'member' CONSTRAINT members_kind CHECK (kind = 'member'),
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL CONSTRAINT members_role CHECK (role IN ('super_admin', 'billing_admin', 'admin', 'member')),
    state text NOT NULL CONSTRAINT members_state CHECK (state IN ('invited', 'active', 'suspended')),
    created_at timestamptz NOT NULL,
    CONSTRAINT members_principal_fkey FOREIGN KEY (account_id, id, kind)
        REFERENCES principals (account_id, id, kind) ON DELETE CASCADE,
    CONSTRAINT members_account_id_id_key UNIQUE (account_id, id),
    CONSTRAINT members_account_id_user_id_key UNIQUE (account_id, user_id),
    CONSTRAINT members_invitations_carry_no_super_admin CHECK (role <> 'super_admin' OR state <> 'invited')
);

CREATE INDEX members_principal_index ON members (account_id, id, kind);
CREATE INDEX members_user_index ON members (user_id);
CREATE INDEX members_super_admin_index ON members (account_id) WHERE role = 'super_admin' AND state = 'active';

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    -- As the inviter wrote it. The user's own spelling would tell whether the address is known.
    email text NOT NULL CONSTRAINT invitations_email_length CHECK (octet_length(email) BETWEEN 3 AND 254),
    digest bytea NOT NULL CONSTRAINT invitations_digest_key UNIQUE
        CONSTRAINT invitations_digest_length CHECK (octet_length(digest) = 32),
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_member_id_key UNIQUE (account_id, member_id),
    CONSTRAINT invitations_member_fkey FOREIGN KEY (account_id, member_id)
        REFERENCES members (account_id, id) ON DELETE CASCADE
);
