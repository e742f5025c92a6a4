//! All operations, in the order of the document. Each entity has a file of its name.

mod access;
mod account;
mod audit_event;
mod email_change;
mod environment;
mod environment_grant;
mod group;
mod health;
mod invitation;
mod ip_allow_list;
mod me;
mod member;
mod pages;
mod password_reset;
mod permission;
mod personal_access_token;
mod project;
mod project_grant;
mod repository;
mod role;
mod session;
mod super_admin;
mod warned;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use pages::{PAGES, pages};

/// The operations of the public API.
pub(crate) fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(session::create_session)
        .service(session::list_sessions)
        .service(session::get_current_session)
        .service(session::delete_current_session)
        .service(session::delete_session)
        .service(password_reset::request_password_reset)
        .service(password_reset::confirm_password_reset)
        .service(me::get_me)
        .service(me::update_me)
        .service(me::change_password)
        .service(email_change::confirm_email_change)
        .service(account::get_account)
        .service(ip_allow_list::get_ip_allow_list)
        .service(ip_allow_list::update_ip_allow_list)
        .service(member::list_members)
        .service(member::invite_member)
        .service(member::resend_invitation)
        .service(invitation::accept_invitation)
        .service(member::get_member)
        .service(member::update_member)
        .service(member::remove_member)
        .service(access::get_member_access)
        .service(member::suspend_member)
        .service(member::reinstate_member)
        .service(super_admin::grant_super_admin)
        .service(super_admin::revoke_super_admin)
        .service(group::list_groups)
        .service(group::create_group)
        .service(group::get_group)
        .service(group::update_group)
        .service(group::delete_group)
        .service(group::list_group_members)
        .service(group::add_group_member)
        .service(group::remove_group_member)
        .service(permission::list_permissions)
        .service(role::list_roles)
        .service(role::create_role)
        .service(role::get_role)
        .service(role::update_role)
        .service(role::delete_role)
        .service(project::list_projects)
        .service(project::create_project)
        .service(project::get_project)
        .service(project::update_project)
        .service(project::delete_project)
        .service(access::get_project_access)
        .service(project_grant::list_project_grants)
        .service(project_grant::create_project_grant)
        .service(project_grant::get_project_grant)
        .service(project_grant::update_project_grant)
        .service(project_grant::delete_project_grant)
        .service(environment::list_environments)
        .service(environment::create_environment)
        .service(environment::get_environment)
        .service(environment::update_environment)
        .service(environment::delete_environment)
        .service(access::get_environment_access)
        .service(environment_grant::list_environment_grants)
        .service(environment_grant::create_environment_grant)
        .service(environment_grant::get_environment_grant)
        .service(environment_grant::update_environment_grant)
        .service(environment_grant::delete_environment_grant)
        .service(access::explain_access)
        .service(repository::list_repositories)
        .service(repository::create_repository)
        .service(repository::get_repository)
        .service(repository::delete_repository)
        .service(personal_access_token::list_personal_access_tokens)
        .service(personal_access_token::create_personal_access_token)
        .service(personal_access_token::get_personal_access_token)
        .service(personal_access_token::revoke_personal_access_token)
        .service(audit_event::list_audit_events)
        .service(health::get_liveness)
        .service(health::get_readiness);
}
