CREATE TABLE environments (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT environments_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    name_key text NOT NULL,
    description text CONSTRAINT environments_description_length CHECK (char_length(description) <= 1000),
    default_role text CONSTRAINT environments_default_role
        CHECK (default_role IN ('owner', 'contributor', 'operator', 'viewer', 'none')),
    default_role_id uuid,
    default_role_kind text NOT NULL DEFAULT 'environment'
        CONSTRAINT environments_default_role_kind CHECK (default_role_kind = 'environment'),
    created_by uuid NOT NULL,
    created_by_kind text NOT NULL CONSTRAINT environments_created_by_kind CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT environments_one_default_role CHECK (num_nonnulls(default_role, default_role_id) = 1),
    CONSTRAINT environments_account_id_project_id_id_key UNIQUE (account_id, project_id, id),
    CONSTRAINT environments_account_id_project_id_name_key UNIQUE (account_id, project_id, name_key),
    CONSTRAINT environments_project_fkey FOREIGN KEY (account_id, project_id)
        REFERENCES projects (account_id, id) ON DELETE CASCADE,
    CONSTRAINT environments_default_role_fkey FOREIGN KEY (account_id, default_role_id, default_role_kind)
        REFERENCES roles (account_id, id, kind)
);

CREATE INDEX environments_newest_index ON environments (account_id, project_id, created_at DESC, id DESC);
CREATE INDEX environments_default_role_index ON environments (account_id, default_role_id, default_role_kind)
    WHERE default_role_id IS NOT NULL;

ALTER TABLE audit_events ADD COLUMN environment_id uuid;
