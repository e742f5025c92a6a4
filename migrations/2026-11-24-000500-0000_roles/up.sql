-- The roles that accounts make. The kind says what for: members or API credentials in the account, projects, environments.
CREATE TABLE roles (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT roles_kind CHECK (kind IN ('member', 'api_credential', 'project', 'environment')),
    name text NOT NULL CONSTRAINT roles_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    name_key text NOT NULL CONSTRAINT roles_name_is_not_built_in CHECK (NOT name_key = ANY (CASE kind
        WHEN 'member' THEN ARRAY['super_admin', 'billing_admin', 'admin', 'member']
        WHEN 'api_credential' THEN ARRAY['super_admin', 'billing_admin', 'admin', 'member', 'decision_client']
        WHEN 'project' THEN ARRAY['owner', 'contributor', 'viewer']
        ELSE ARRAY['owner', 'contributor', 'operator', 'viewer', 'none'] END)),
    description text CONSTRAINT roles_description_length CHECK (char_length(description) <= 1000),
    permissions text[] NOT NULL CONSTRAINT roles_permissions CHECK (array_position(permissions, NULL) IS NULL),
    created_by uuid NOT NULL,
    created_by_kind text NOT NULL CONSTRAINT roles_created_by_kind CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT roles_account_id_id_kind_key UNIQUE (account_id, id, kind),
    CONSTRAINT roles_account_id_kind_name_key UNIQUE (account_id, kind, name_key)
);

CREATE INDEX roles_newest_index ON roles (account_id, created_at DESC, id DESC);

-- A member's account role is a built-in one or one of the account's own for members.
ALTER TABLE members
    ALTER COLUMN role DROP NOT NULL,
    ADD COLUMN role_id uuid,
    ADD CONSTRAINT members_one_role CHECK (num_nonnulls(role, role_id) = 1),
    ADD CONSTRAINT members_role_fkey FOREIGN KEY (account_id, role_id, kind) REFERENCES roles (account_id, id, kind);

CREATE INDEX members_role_index ON members (account_id, role_id, kind) WHERE role_id IS NOT NULL;
