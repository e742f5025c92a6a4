-- What the account's own services call a member.
ALTER TABLE members
    ADD COLUMN external_id text CONSTRAINT members_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 255),
    ADD CONSTRAINT members_account_id_external_id_key UNIQUE (account_id, external_id);
