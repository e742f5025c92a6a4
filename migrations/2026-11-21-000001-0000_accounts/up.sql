CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT accounts_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    state text NOT NULL CONSTRAINT accounts_state CHECK (state IN ('active', 'suspended')),
    created_at timestamptz NOT NULL
);
