//! All operations, in the order of the document. Each entity has a file of its name.

mod account;
mod audit_event;
mod health;
mod invitation;
mod me;
mod member;
mod pages;
mod personal_access_token;
mod project;
mod session;
mod super_admin;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use pages::{PAGES, pages};

/// The operations of the public API.
pub(crate) fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(session::create_session)
        .service(session::get_current_session)
        .service(session::delete_current_session)
        .service(me::get_me)
        .service(account::get_account)
        .service(member::list_members)
        .service(member::invite_member)
        .service(invitation::accept_invitation)
        .service(member::get_member)
        .service(member::update_member)
        .service(member::remove_member)
        .service(member::suspend_member)
        .service(member::reinstate_member)
        .service(super_admin::grant_super_admin)
        .service(super_admin::revoke_super_admin)
        .service(project::list_projects)
        .service(project::create_project)
        .service(project::get_project)
        .service(personal_access_token::list_personal_access_tokens)
        .service(personal_access_token::create_personal_access_token)
        .service(personal_access_token::get_personal_access_token)
        .service(personal_access_token::revoke_personal_access_token)
        .service(audit_event::list_audit_events)
        .service(health::get_liveness)
        .service(health::get_readiness);
}
