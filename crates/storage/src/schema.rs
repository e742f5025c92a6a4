// @generated automatically by Diesel CLI.

diesel::table! {
    accounts (id) {
        id -> Uuid,
        name -> Text,
        state -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_anchors (chain_id) {
        chain_id -> Uuid,
        sequence -> Int8,
        hash -> Bytea,
        dropped_at -> Timestamptz,
        signature -> Bytea,
    }
}

diesel::table! {
    audit_chains (id) {
        id -> Uuid,
        sequence -> Int8,
        hash -> Bytea,
        signature -> Nullable<Bytea>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        chain_id -> Uuid,
        sequence -> Int8,
        time -> Timestamptz,
        actor_type -> Text,
        actor_id -> Nullable<Uuid>,
        via_type -> Nullable<Text>,
        via_id -> Nullable<Uuid>,
        action -> Text,
        object_type -> Nullable<Text>,
        object_id -> Nullable<Uuid>,
        project_id -> Nullable<Uuid>,
        outcome -> Text,
        reason -> Nullable<Text>,
        address -> Nullable<Inet>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
        hash -> Bytea,
        environment_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    deployment (id) {
        id -> Bool,
        sealed_key -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    email_changes (user_id) {
        user_id -> Uuid,
        email -> Text,
        digest -> Nullable<Bytea>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    environments (id) {
        id -> Uuid,
        account_id -> Uuid,
        project_id -> Uuid,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        default_role -> Nullable<Text>,
        default_role_id -> Nullable<Uuid>,
        default_role_kind -> Text,
        created_by -> Uuid,
        created_by_kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    grants (id) {
        id -> Uuid,
        account_id -> Uuid,
        project_id -> Uuid,
        principal_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        granted_by -> Uuid,
        granted_by_kind -> Text,
        created_at -> Timestamptz,
        group_id -> Nullable<Uuid>,
        environment_id -> Nullable<Uuid>,
        role_id -> Nullable<Uuid>,
        level -> Text,
    }
}

diesel::table! {
    group_members (account_id, group_id, principal_id) {
        account_id -> Uuid,
        group_id -> Uuid,
        group_kind -> Text,
        principal_id -> Uuid,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    groups (id) {
        id -> Uuid,
        account_id -> Uuid,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        created_by_kind -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_records (account_id, principal_id, key_digest) {
        account_id -> Uuid,
        principal_id -> Uuid,
        key_digest -> Bytea,
        body_digest -> Bytea,
        object_type -> Text,
        object_id -> Uuid,
        answer -> Nullable<Bytea>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    invitation_grants (account_id, member_id, project_id) {
        account_id -> Uuid,
        member_id -> Uuid,
        project_id -> Uuid,
        role -> Nullable<Text>,
        role_id -> Nullable<Uuid>,
        level -> Text,
        granted_by -> Uuid,
        granted_by_kind -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        account_id -> Uuid,
        member_id -> Uuid,
        email -> Text,
        digest -> Bytea,
        invited_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    ip_allow_list_entries (account_id, position) {
        account_id -> Uuid,
        position -> Int4,
        network -> Cidr,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    mails (id) {
        id -> Uuid,
        kind -> Text,
        recipient -> Text,
        user_id -> Nullable<Uuid>,
        account_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        subject_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        attempts -> Int4,
        next_attempt_at -> Timestamptz,
    }
}

diesel::table! {
    members (id) {
        id -> Uuid,
        account_id -> Uuid,
        kind -> Text,
        user_id -> Uuid,
        role -> Nullable<Text>,
        state -> Text,
        created_at -> Timestamptz,
        external_id -> Nullable<Text>,
        role_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    password_resets (user_id, issued_by) {
        user_id -> Uuid,
        issued_by -> Text,
        digest -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    personal_access_tokens (id) {
        id -> Uuid,
        account_id -> Uuid,
        owner_id -> Uuid,
        owner_kind -> Text,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        access -> Text,
        digest -> Bytea,
        hint -> Text,
        created_by -> Uuid,
        created_by_kind -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        revoked_by -> Nullable<Uuid>,
        revoked_by_kind -> Nullable<Text>,
        revoked_reason -> Nullable<Text>,
    }
}

diesel::table! {
    principals (id) {
        id -> Uuid,
        account_id -> Uuid,
        kind -> Text,
    }
}

diesel::table! {
    projects (id) {
        id -> Uuid,
        account_id -> Uuid,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        created_by -> Uuid,
        created_by_kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    repositories (id) {
        id -> Uuid,
        account_id -> Uuid,
        project_id -> Uuid,
        provider -> Text,
        owner -> Text,
        name -> Text,
        full_name_key -> Text,
        default_branch -> Nullable<Text>,
        visibility -> Text,
        web_url -> Nullable<Text>,
        created_by -> Uuid,
        created_by_kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    roles (id) {
        id -> Uuid,
        account_id -> Uuid,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        description -> Nullable<Text>,
        permissions -> Array<Nullable<Text>>,
        created_by -> Uuid,
        created_by_kind -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        account_id -> Uuid,
        member_id -> Uuid,
        digest -> Bytea,
        address -> Inet,
        user_agent -> Nullable<Text>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_counters (digest) {
        digest -> Bytea,
        failures -> Int4,
        failed_at -> Timestamptz,
        trusted_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        name -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        state -> Text,
        created_at -> Timestamptz,
    }
}

diesel::joinable!(audit_anchors -> audit_chains (chain_id));
diesel::joinable!(audit_events -> audit_chains (chain_id));
diesel::joinable!(email_changes -> users (user_id));
diesel::joinable!(groups -> accounts (account_id));
diesel::joinable!(ip_allow_list_entries -> accounts (account_id));
diesel::joinable!(mails -> accounts (account_id));
diesel::joinable!(members -> users (user_id));
diesel::joinable!(password_resets -> users (user_id));
diesel::joinable!(principals -> accounts (account_id));
diesel::joinable!(projects -> accounts (account_id));
diesel::joinable!(roles -> accounts (account_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    audit_anchors,
    audit_chains,
    audit_events,
    deployment,
    email_changes,
    environments,
    grants,
    group_members,
    groups,
    idempotency_records,
    invitation_grants,
    invitations,
    ip_allow_list_entries,
    mails,
    members,
    password_resets,
    personal_access_tokens,
    principals,
    projects,
    repositories,
    roles,
    sessions,
    sign_in_counters,
    users,
);
