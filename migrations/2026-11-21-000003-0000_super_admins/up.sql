-- The last active Super Admin of an account stays, whatever the application does: the third of three guards.
--
-- Both triggers take the lock on the account row that the application takes, and count only then; under READ COMMITTED
-- the count sees what committed while it waited. They fire only on what takes a Super Admin away, so that an account which
-- never had one is lawful, and let the deletion of a whole account through (its row is gone by then).

CREATE FUNCTION require_super_admin(account uuid) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM accounts WHERE id = account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM members JOIN users ON users.id = members.user_id
        WHERE members.account_id = account AND members.role = 'super_admin' AND members.state = 'active'
            AND users.state = 'active'
        LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % would have no active super admin left', account
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_keep_a_super_admin';
    END IF;
END
$$;

CREATE FUNCTION members_keep_a_super_admin() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM users WHERE id = OLD.user_id AND state = 'active';
    IF FOUND THEN
        PERFORM require_super_admin(OLD.account_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION users_keep_a_super_admin() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM require_super_admin(account_id) FROM (
        SELECT account_id FROM members
            WHERE user_id = OLD.id AND role = 'super_admin' AND state = 'active' ORDER BY account_id
    ) AS theirs;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER members_keep_a_super_admin
    AFTER UPDATE OR DELETE ON members FOR EACH ROW
    WHEN (OLD.role = 'super_admin' AND OLD.state = 'active')
    EXECUTE FUNCTION members_keep_a_super_admin();

CREATE CONSTRAINT TRIGGER users_keep_a_super_admin
    AFTER UPDATE OF state ON users FOR EACH ROW
    WHEN (OLD.state = 'active' AND NEW.state <> 'active')
    EXECUTE FUNCTION users_keep_a_super_admin();
