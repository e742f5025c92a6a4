-- The head of each chain of audit events. A chain's id is its account's, or all zeros for the deployment's own chain.
CREATE TABLE audit_chains (
    id uuid PRIMARY KEY,
    sequence bigint NOT NULL CONSTRAINT audit_chains_sequence CHECK (sequence >= 0),
    hash bytea NOT NULL CONSTRAINT audit_chains_hash_length CHECK (octet_length(hash) = 32)
);

-- What happened. Ids of things stand here without foreign keys: an event outlives what it is about.
CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    chain_id uuid NOT NULL REFERENCES audit_chains,
    sequence bigint NOT NULL CONSTRAINT audit_events_sequence CHECK (sequence > 0),
    time timestamptz NOT NULL,
    actor_type text NOT NULL CONSTRAINT audit_events_actor_type
        CHECK (actor_type IN ('member', 'api_credential', 'operator', 'anonymous')),
    actor_id uuid,
    via_type text CONSTRAINT audit_events_via_type CHECK (via_type IN ('session', 'personal_access_token')),
    via_id uuid,
    action text NOT NULL,
    object_type text,
    object_id uuid,
    project_id uuid,
    outcome text NOT NULL CONSTRAINT audit_events_outcome CHECK (outcome IN ('success', 'refused')),
    reason text,
    address inet,
    user_agent text,
    request_id text,
    before jsonb,
    after jsonb,
    hash bytea NOT NULL CONSTRAINT audit_events_hash_length CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_events_chain_id_sequence_key UNIQUE (chain_id, sequence),
    CONSTRAINT audit_events_actor CHECK ((actor_id IS NULL) = (actor_type IN ('operator', 'anonymous'))),
    CONSTRAINT audit_events_via CHECK (num_nulls(via_type, via_id) IN (0, 2)),
    CONSTRAINT audit_events_object CHECK (num_nulls(object_type, object_id) IN (0, 2))
);
