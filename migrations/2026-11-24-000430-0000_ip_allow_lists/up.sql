-- From where an account can be reached; an account without entries can be reached from everywhere.
CREATE TABLE ip_allow_list_entries (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    position integer NOT NULL CONSTRAINT ip_allow_list_entries_position CHECK (position BETWEEN 0 AND 499),
    network cidr NOT NULL,
    description text CONSTRAINT ip_allow_list_entries_description_length CHECK (char_length(description) <= 1000),
    PRIMARY KEY (account_id, position),
    CONSTRAINT ip_allow_list_entries_network CHECK (masklen(network) > 0)
);
