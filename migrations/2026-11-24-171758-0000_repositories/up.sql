-- Where a project's sources are kept. `owner` is GitHub's owner or GitLab's namespace; `full_name_key` is owner and name as
-- providers compare them, without case.
CREATE TABLE repositories (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    project_id uuid NOT NULL,
    provider text NOT NULL CONSTRAINT repositories_provider CHECK (provider IN ('github', 'gitlab')),
    owner text NOT NULL,
    name text NOT NULL CONSTRAINT repositories_name CHECK (name ~ '^[A-Za-z0-9._-]+$' AND name NOT IN ('.', '..')),
    full_name_key text NOT NULL,
    default_branch text
        CONSTRAINT repositories_default_branch_length CHECK (char_length(default_branch) BETWEEN 1 AND 255),
    visibility text NOT NULL CONSTRAINT repositories_visibility CHECK (visibility IN ('public', 'internal', 'private')),
    web_url text CONSTRAINT repositories_web_url CHECK (char_length(web_url) <= 2048 AND web_url ~ '^https?://[^/]'),
    created_by uuid NOT NULL,
    created_by_kind text NOT NULL
        CONSTRAINT repositories_created_by_kind CHECK (created_by_kind IN ('member', 'api_credential')),
    created_at timestamptz NOT NULL,
    CONSTRAINT repositories_owner CHECK (CASE provider
        WHEN 'github' THEN owner ~ '^[A-Za-z0-9-]{1,39}$' AND char_length(name) <= 100
        ELSE owner ~ '^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$' AND char_length(owner || '/' || name) <= 255
    END),
    CONSTRAINT repositories_full_name_key CHECK (full_name_key = lower(owner || '/' || name)),
    CONSTRAINT repositories_project_id_full_name_key UNIQUE (account_id, project_id, provider, full_name_key),
    CONSTRAINT repositories_project_fkey FOREIGN KEY (account_id, project_id)
        REFERENCES projects (account_id, id) ON DELETE CASCADE
);

CREATE INDEX repositories_newest_index ON repositories (account_id, project_id, created_at DESC, id DESC);
