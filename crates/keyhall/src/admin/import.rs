//! An account from an older system: the file, and the links.

use std::fs;
use std::path::Path;

use keyhall_api::PublicUrl;
use keyhall_domain::account::AccountImport;
use keyhall_domain::role::BuiltInRole;
use keyhall_domain::unambiguous::Unambiguous;
use keyhall_storage::open::{ImportedAccount, InvitedMember};
use serde_json::error::Category;
use serde_json::json;

use super::report::{named, report};
use super::with_store;
use crate::arguments::ImportAccount;
use crate::configuration::Configuration;
use crate::error::CommandError;
use crate::serve::public_url;

/// Imports an account. The file is held against all rules before PostgreSQL is looked for.
pub(super) fn import(configuration: &Configuration, arguments: &ImportAccount) -> Result<(), CommandError> {
    let import = read(&arguments.file)?;
    let public_url = public_url(&configuration.server);
    with_store(configuration, async |store| {
        let imported = store.import_account(import).await?;
        Ok(if arguments.json {
            for_machines(&imported, &public_url)
        } else {
            for_people(&imported, &public_url)
        })
    })
}

fn read(path: &Path) -> Result<AccountImport, CommandError> {
    let bytes = fs::read(path).map_err(|source| CommandError::File { path: path.to_owned(), source })?;
    let Unambiguous(value) = serde_json::from_slice(&bytes).map_err(|error| CommandError::NotJson {
        path: path.to_owned(),
        what: match error.classify() {
            Category::Eof => "ends too early",
            Category::Data => "has a field twice in one object",
            Category::Syntax | Category::Io => "is not JSON",
        },
        line: error.line(),
        column: error.column(),
    })?;
    AccountImport::parse(&value).map_err(|violations| CommandError::Import {
        path: path.to_owned(),
        violations: violations.into_vec(),
    })
}

fn for_machines(imported: &ImportedAccount, public_url: &PublicUrl) -> String {
    let members: Vec<_> = imported
        .members
        .iter()
        .map(|member| {
            json!({
                "id": member.id,
                "email": member.email,
                "role": member.role,
                "invitationLink": link(member, public_url),
            })
        })
        .collect();
    json!({ "account": imported.account, "members": members, "invitationsExpireAt": imported.expires_at })
        .to_string()
}

fn for_people(imported: &ImportedAccount, public_url: &PublicUrl) -> String {
    let head = report(&[
        ("Account", named(&imported.account)),
        ("Super Admin", "none; once somebody has come in, `keyhall admin elevate` makes them one".to_owned()),
        ("Links", format!("one for each member, works once, until {} (shown once)", imported.expires_at)),
    ]);
    let links = imported.members.iter().map(|member| {
        format!("{}  {}  {}", member.email.as_str(), member.role.name(), link(member, public_url))
    });
    format!("{head}\n\n{}", links.collect::<Vec<_>>().join("\n"))
}

fn link(member: &InvitedMember, public_url: &PublicUrl) -> String {
    format!("{}/invite#{}", public_url.as_str(), member.secret.reveal())
}
