-- A grant is on a project as a whole or on one of its environments, and of a built-in role or one of the account's own.
-- The level follows from the scope, so that a role of the wrong level cannot be granted.
ALTER TABLE grants
    ADD COLUMN environment_id uuid,
    ADD COLUMN role_id uuid,
    ADD COLUMN level text NOT NULL GENERATED ALWAYS AS
        (CASE WHEN environment_id IS NULL THEN 'project' ELSE 'environment' END) STORED,
    ALTER COLUMN role DROP NOT NULL,
    DROP CONSTRAINT grants_role,
    DROP CONSTRAINT grants_project_id_principal_id_key,
    DROP CONSTRAINT grants_project_id_group_id_key,
    ADD CONSTRAINT grants_role CHECK (role IS NULL OR role = ANY (CASE
        WHEN environment_id IS NULL THEN ARRAY['owner', 'contributor', 'viewer']
        WHEN group_id IS NOT NULL THEN ARRAY['owner', 'contributor', 'operator', 'viewer']
        ELSE ARRAY['owner', 'contributor', 'operator', 'viewer', 'none'] END)),
    ADD CONSTRAINT grants_one_role CHECK (num_nonnulls(role, role_id) = 1),
    ADD CONSTRAINT grants_role_fkey FOREIGN KEY (account_id, role_id, level) REFERENCES roles (account_id, id, kind),
    ADD CONSTRAINT grants_environment_fkey FOREIGN KEY (account_id, project_id, environment_id)
        REFERENCES environments (account_id, project_id, id) ON DELETE CASCADE;

-- One direct role for each principal or group, and scope.
-- The first is what lists of projects are filtered by.
CREATE UNIQUE INDEX grants_project_principal_key ON grants (account_id, principal_id, project_id)
    INCLUDE (role, role_id) WHERE environment_id IS NULL AND principal_id IS NOT NULL;
CREATE UNIQUE INDEX grants_project_group_key ON grants (account_id, project_id, group_id)
    WHERE environment_id IS NULL AND group_id IS NOT NULL;
CREATE UNIQUE INDEX grants_environment_principal_key ON grants (account_id, environment_id, principal_id)
    WHERE environment_id IS NOT NULL AND principal_id IS NOT NULL;
CREATE UNIQUE INDEX grants_environment_group_key ON grants (account_id, environment_id, group_id)
    WHERE environment_id IS NOT NULL AND group_id IS NOT NULL;

DROP INDEX grants_principal_index;
DROP INDEX grants_group_index;
CREATE INDEX grants_principal_index ON grants (account_id, principal_id, project_id) WHERE principal_id IS NOT NULL;
CREATE INDEX grants_group_index ON grants (account_id, group_id, project_id) WHERE group_id IS NOT NULL;
CREATE INDEX grants_environment_index ON grants (account_id, project_id, environment_id);
CREATE INDEX grants_role_index ON grants (account_id, role_id, level) WHERE role_id IS NOT NULL;
CREATE INDEX grants_newest_index ON grants (account_id, project_id, environment_id, created_at DESC, id DESC);

-- What each principal was granted, by itself or through a group, dead or alive; everybody but who is still invited is in
-- `everyone`.
CREATE VIEW held_grants AS
    SELECT account_id, project_id, environment_id, principal_id, id AS grant_id, group_id, role, role_id
    FROM grants WHERE principal_id IS NOT NULL
    UNION ALL
    SELECT grants.account_id, grants.project_id, grants.environment_id, group_members.principal_id, grants.id,
        grants.group_id, grants.role, grants.role_id
    FROM grants JOIN group_members USING (account_id, group_id)
    UNION ALL
    SELECT grants.account_id, grants.project_id, grants.environment_id, members.id, grants.id, grants.group_id,
        grants.role, grants.role_id
    FROM grants
        JOIN groups ON groups.account_id = grants.account_id AND groups.id = grants.group_id AND groups.kind = 'everyone'
        JOIN members ON members.account_id = grants.account_id AND members.state <> 'invited';

-- The roles on projects that an open invitation carries. Whoever gave one answers for it at acceptance.
CREATE TABLE invitation_grants (
    account_id uuid NOT NULL,
    member_id uuid NOT NULL,
    project_id uuid NOT NULL,
    role text CONSTRAINT invitation_grants_role CHECK (role IN ('owner', 'contributor', 'viewer')),
    role_id uuid,
    level text NOT NULL DEFAULT 'project' CONSTRAINT invitation_grants_level CHECK (level = 'project'),
    granted_by uuid NOT NULL,
    granted_by_kind text NOT NULL
        CONSTRAINT invitation_grants_granted_by_kind CHECK (granted_by_kind IN ('member', 'api_credential')),
    PRIMARY KEY (account_id, member_id, project_id),
    CONSTRAINT invitation_grants_one_role CHECK (num_nonnulls(role, role_id) = 1),
    CONSTRAINT invitation_grants_invitation_fkey FOREIGN KEY (account_id, member_id)
        REFERENCES invitations (account_id, member_id) ON DELETE CASCADE,
    CONSTRAINT invitation_grants_project_fkey FOREIGN KEY (account_id, project_id)
        REFERENCES projects (account_id, id) ON DELETE CASCADE,
    CONSTRAINT invitation_grants_role_fkey FOREIGN KEY (account_id, role_id, level)
        REFERENCES roles (account_id, id, kind)
);

CREATE INDEX invitation_grants_project_index ON invitation_grants (account_id, project_id);
CREATE INDEX invitation_grants_role_index ON invitation_grants (account_id, role_id, level) WHERE role_id IS NOT NULL;
