-- The deployment's own key, sealed under the master key; every other key is derived from it.
CREATE TABLE deployment (
    id boolean PRIMARY KEY DEFAULT true CONSTRAINT deployment_is_single CHECK (id),
    sealed_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);
