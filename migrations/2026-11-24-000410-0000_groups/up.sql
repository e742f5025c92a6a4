-- Named sets of principals. `everyone` is in every account; it has all active members, and no rows in group_members.
CREATE TABLE groups (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT groups_kind CHECK (kind IN ('custom', 'everyone')),
    name text NOT NULL CONSTRAINT groups_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    name_key text NOT NULL,
    description text CONSTRAINT groups_description_length CHECK (char_length(description) <= 1000),
    created_by uuid,
    created_by_kind text CONSTRAINT groups_created_by_kind CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT groups_account_id_id_key UNIQUE (account_id, id),
    CONSTRAINT groups_account_id_id_kind_key UNIQUE (account_id, id, kind),
    CONSTRAINT groups_account_id_name_key UNIQUE (account_id, name_key),
    CONSTRAINT groups_created_by_somebody CHECK (num_nonnulls(created_by, created_by_kind) = CASE kind WHEN 'custom' THEN 2 ELSE 0 END)
);

CREATE UNIQUE INDEX groups_everyone_index ON groups (account_id) WHERE kind = 'everyone';
CREATE INDEX groups_newest_index ON groups (account_id, created_at DESC, id DESC);

CREATE TABLE group_members (
    account_id uuid NOT NULL,
    group_id uuid NOT NULL,
    group_kind text NOT NULL DEFAULT 'custom' CONSTRAINT group_members_kind CHECK (group_kind = 'custom'),
    principal_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, group_id, principal_id),
    CONSTRAINT group_members_group_fkey FOREIGN KEY (account_id, group_id, group_kind)
        REFERENCES groups (account_id, id, kind) ON DELETE CASCADE,
    CONSTRAINT group_members_principal_fkey FOREIGN KEY (account_id, principal_id)
        REFERENCES principals (account_id, id) ON DELETE CASCADE
);

CREATE INDEX group_members_group_index ON group_members (account_id, group_id, group_kind);
CREATE INDEX group_members_principal_index ON group_members (account_id, principal_id);

-- A grant is a principal's or a group's; one for each of them and project.
ALTER TABLE grants
    ALTER COLUMN principal_id DROP NOT NULL,
    ADD COLUMN group_id uuid,
    ADD CONSTRAINT grants_grantee CHECK (num_nonnulls(principal_id, group_id) = 1),
    ADD CONSTRAINT grants_project_id_group_id_key UNIQUE (account_id, project_id, group_id),
    ADD CONSTRAINT grants_group_fkey FOREIGN KEY (account_id, group_id)
        REFERENCES groups (account_id, id) ON DELETE CASCADE;

CREATE INDEX grants_group_index ON grants (account_id, group_id) WHERE group_id IS NOT NULL;

INSERT INTO groups (id, account_id, kind, name, name_key, created_at)
    SELECT gen_random_uuid(), id, 'everyone', 'everyone', 'everyone', created_at FROM accounts;
