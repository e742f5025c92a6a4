//! Keyhall's access model: who may do what, decided by pure functions.
//!
//! Everything here is total and without I/O: ids, names, roles, permissions, the decision, the Super Admin rules, and the
//! entities and commands that the API shows. Deliberately absent: tokio, actix, diesel, cryptography, clocks. Whoever
//! needs the time passes it in.

pub mod access;
pub mod account;
pub mod audit;
pub mod authz;
pub mod email;
pub mod environment;
pub mod external_id;
pub mod grant;
pub mod group;
pub mod id;
pub mod idempotency;
pub mod instant;
pub mod ip_allow_list;
pub mod lifetime;
pub mod lock_out;
pub mod mail;
pub mod me;
pub mod member;
pub mod name;
#[cfg(feature = "openapi")]
mod openapi;
pub mod page;
pub mod patch;
pub mod permission;
pub mod personal_access_token;
pub mod principal;
pub mod project;
pub mod rank;
pub mod repository;
pub mod role;
pub mod session;
pub mod super_admins;
pub mod unambiguous;
pub mod violation;
pub mod warning;
