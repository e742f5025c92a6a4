-- The head of each chain bears a signature under a key that is not in the database in the clear, made anew with each event.
-- NULL: the head was not Keyhall's when it was met last, and nothing that follows is signed.
ALTER TABLE audit_chains ADD COLUMN signature bytea
    CONSTRAINT audit_chains_signature_length CHECK (octet_length(signature) = 32);

-- Where a chain begins whose oldest events were dropped after their time: the last of them, signed.
CREATE TABLE audit_anchors (
    chain_id uuid PRIMARY KEY REFERENCES audit_chains,
    sequence bigint NOT NULL CONSTRAINT audit_anchors_sequence CHECK (sequence > 0),
    hash bytea NOT NULL CONSTRAINT audit_anchors_hash_length CHECK (octet_length(hash) = 32),
    dropped_at timestamptz NOT NULL,
    signature bytea NOT NULL CONSTRAINT audit_anchors_signature_length CHECK (octet_length(signature) = 32)
);

-- One for each filter, in the order of the list, so that a page is as many entries of one index as it has events.
CREATE INDEX audit_events_time_index ON audit_events (chain_id, time, sequence);
CREATE INDEX audit_events_actor_index ON audit_events (chain_id, actor_id, time, sequence) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_nobody_index ON audit_events (chain_id, actor_type, time, sequence) WHERE actor_id IS NULL;
CREATE INDEX audit_events_action_index ON audit_events (chain_id, action, time, sequence);
CREATE INDEX audit_events_object_index ON audit_events (chain_id, object_id, time, sequence) WHERE object_id IS NOT NULL;
CREATE INDEX audit_events_project_index ON audit_events (chain_id, project_id, time, sequence) WHERE project_id IS NOT NULL;
CREATE INDEX audit_events_outcome_index ON audit_events (chain_id, outcome, time, sequence);
