ALTER TABLE audit_events DROP COLUMN environment_id;
DROP TABLE environments;
