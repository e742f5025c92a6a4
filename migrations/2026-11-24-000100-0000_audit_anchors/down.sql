DROP INDEX audit_events_outcome_index;
DROP INDEX audit_events_project_index;
DROP INDEX audit_events_object_index;
DROP INDEX audit_events_action_index;
DROP INDEX audit_events_nobody_index;
DROP INDEX audit_events_actor_index;
DROP INDEX audit_events_time_index;
DROP TABLE audit_anchors;
ALTER TABLE audit_chains DROP COLUMN signature;
