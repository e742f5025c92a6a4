-- Invitations by the operator, who imported the account: nobody in it invited, so no member answers for the role.
ALTER TABLE invitations ALTER COLUMN invited_by DROP NOT NULL;
COMMENT ON COLUMN invitations.invited_by IS 'none: the operator, by an import';

-- A user who is shut out is looked for among the Super Admins only once the accounts that they belong to are locked: somebody
-- may be making them one at this moment, which the statement that shuts them out does not see.
CREATE OR REPLACE FUNCTION users_keep_a_super_admin() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM accounts
        WHERE id IN (SELECT account_id FROM members WHERE user_id = OLD.id) ORDER BY id FOR NO KEY UPDATE;
    PERFORM require_super_admin(account_id) FROM (
        SELECT account_id FROM members
            WHERE user_id = OLD.id AND role = 'super_admin' AND state = 'active' ORDER BY account_id
    ) AS theirs;
    RETURN NULL;
END
$$;
