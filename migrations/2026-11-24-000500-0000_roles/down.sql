-- Who has a role of the account's own becomes an ordinary member.
UPDATE members SET role = 'member', role_id = NULL WHERE role_id IS NOT NULL;
ALTER TABLE members DROP CONSTRAINT members_one_role, DROP CONSTRAINT members_role_fkey;
DROP INDEX members_role_index;
ALTER TABLE members DROP COLUMN role_id, ALTER COLUMN role SET NOT NULL;
DROP TABLE roles;
