CREATE TABLE projects (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT projects_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    name_key text NOT NULL,
    description text CONSTRAINT projects_description_length CHECK (char_length(description) <= 1000),
    created_by uuid NOT NULL,
    created_by_kind text NOT NULL CONSTRAINT projects_created_by_kind CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT projects_account_id_id_key UNIQUE (account_id, id),
    CONSTRAINT projects_account_id_name_key UNIQUE (account_id, name_key)
);

CREATE INDEX projects_newest_index ON projects (account_id, created_at DESC, id DESC);

-- One direct role for each principal and project.
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    project_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    role text NOT NULL CONSTRAINT grants_role CHECK (role IN ('owner', 'contributor', 'viewer')),
    granted_by uuid NOT NULL,
    granted_by_kind text NOT NULL CONSTRAINT grants_granted_by_kind CHECK (granted_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT grants_project_id_principal_id_key UNIQUE (account_id, project_id, principal_id),
    CONSTRAINT grants_project_fkey FOREIGN KEY (account_id, project_id)
        REFERENCES projects (account_id, id) ON DELETE CASCADE,
    CONSTRAINT grants_principal_fkey FOREIGN KEY (account_id, principal_id)
        REFERENCES principals (account_id, id) ON DELETE CASCADE
);

CREATE INDEX grants_principal_index ON grants (account_id, principal_id);
