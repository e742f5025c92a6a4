DROP TABLE invitation_grants;
DROP VIEW held_grants;
-- What the older schema cannot say is taken away: roles of the account's own, and everything on environments.
DELETE FROM grants WHERE environment_id IS NOT NULL OR role_id IS NOT NULL;
DROP INDEX grants_newest_index, grants_role_index, grants_environment_index, grants_group_index, grants_principal_index,
    grants_environment_group_key, grants_environment_principal_key, grants_project_group_key, grants_project_principal_key;
ALTER TABLE grants
    DROP CONSTRAINT grants_environment_fkey,
    DROP CONSTRAINT grants_role_fkey,
    DROP CONSTRAINT grants_one_role,
    DROP CONSTRAINT grants_role,
    DROP COLUMN level,
    DROP COLUMN role_id,
    DROP COLUMN environment_id,
    ALTER COLUMN role SET NOT NULL,
    ADD CONSTRAINT grants_role CHECK (role IN ('owner', 'contributor', 'viewer')),
    ADD CONSTRAINT grants_project_id_principal_id_key UNIQUE (account_id, project_id, principal_id),
    ADD CONSTRAINT grants_project_id_group_id_key UNIQUE (account_id, project_id, group_id);
CREATE INDEX grants_principal_index ON grants (account_id, principal_id);
CREATE INDEX grants_group_index ON grants (account_id, group_id) WHERE group_id IS NOT NULL;
