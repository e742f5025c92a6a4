//! Each entity's own behaviour.

mod access;
mod account;
pub(crate) mod audit_event;
mod environment;
mod grant;
mod group;
mod invitation;
mod ip_allow_list;
mod lists;
mod me;
mod member;
mod password_reset;
mod personal_access_token;
mod project;
mod repository;
mod role;
pub(crate) mod scene;
mod session;
mod super_admin;
