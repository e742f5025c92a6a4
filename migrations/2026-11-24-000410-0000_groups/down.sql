DELETE FROM grants WHERE group_id IS NOT NULL;
ALTER TABLE grants DROP COLUMN group_id, ALTER COLUMN principal_id SET NOT NULL;
DROP TABLE group_members;
DROP TABLE groups;
