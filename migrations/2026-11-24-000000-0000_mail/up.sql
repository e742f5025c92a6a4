-- Mail that is still to be sent: its kind and its recipient. What it says, above all the secret of its link, is made at each
-- sending, so nothing that stands here opens anything.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT mails_kind CHECK (kind IN ('invitation', 'password_reset', 'email_change',
        'email_changed', 'password_changed', 'super_admin_granted', 'super_admin_revoked')),
    recipient text NOT NULL CONSTRAINT mails_recipient_length CHECK (octet_length(recipient) BETWEEN 3 AND 254),
    -- Whose link it is, or whom the recipient is. Who asks for a new password is looked up when the mail is sent.
    user_id uuid REFERENCES users ON DELETE CASCADE
        CONSTRAINT mails_user CHECK ((user_id IS NULL) = (kind = 'password_reset')),
    -- The account of which it speaks, where it speaks of one.
    account_id uuid REFERENCES accounts ON DELETE CASCADE,
    -- The member of whom it speaks, where it speaks of one; no foreign key, since it may speak of one who was removed.
    member_id uuid,
    -- That member's user, who stays when the member is removed, and is forgotten when the user is deleted.
    subject_id uuid CONSTRAINT mails_subject_fkey REFERENCES users ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT mails_attempts CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL
);

CREATE INDEX mails_due_index ON mails (next_attempt_at);
CREATE INDEX mails_user_index ON mails (user_id);
CREATE INDEX mails_account_index ON mails (account_id);
CREATE INDEX mails_subject_index ON mails (subject_id);

-- Links that let a user choose a new password; for each user the newest that was mailed, which anybody can ask for, and the newest
-- that the operator printed.
CREATE TABLE password_resets (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    issued_by text NOT NULL CONSTRAINT password_resets_issued_by CHECK (issued_by IN ('mail', 'operator')),
    digest bytea NOT NULL CONSTRAINT password_resets_digest_key UNIQUE
        CONSTRAINT password_resets_digest_length CHECK (octet_length(digest) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, issued_by)
);

-- Addresses that users want to change to; each is theirs once its link was followed. One for each user, the newest.
CREATE TABLE email_changes (
    user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    email text NOT NULL CONSTRAINT email_changes_email_length CHECK (octet_length(email) BETWEEN 3 AND 254),
    -- None until the first mail with a link was made.
    digest bytea CONSTRAINT email_changes_digest_key UNIQUE
        CONSTRAINT email_changes_digest_length CHECK (octet_length(digest) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
