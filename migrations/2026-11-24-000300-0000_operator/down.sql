CREATE OR REPLACE FUNCTION users_keep_a_super_admin() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM require_super_admin(account_id) FROM (
        SELECT account_id FROM members
            WHERE user_id = OLD.id AND role = 'super_admin' AND state = 'active' ORDER BY account_id
    ) AS theirs;
    RETURN NULL;
END
$$;

-- Nobody answers for these any more: their links cannot be followed, and the members are invited anew.
DELETE FROM invitations WHERE invited_by IS NULL;
COMMENT ON COLUMN invitations.invited_by IS NULL;
ALTER TABLE invitations ALTER COLUMN invited_by SET NOT NULL;
