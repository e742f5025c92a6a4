//! The Super Admin of an account that has none, or has lost them.

use keyhall_domain::super_admins::Elevation;
use keyhall_storage::open::{ElevatedMember, ElevationRequest, MemberSelector};
use serde_json::json;

use super::report::{named, report};
use super::with_store;
use crate::arguments::{Elevate, WhichMember};
use crate::configuration::Configuration;
use crate::error::CommandError;

/// Makes a member Super Admin.
pub(super) fn elevate(configuration: &Configuration, arguments: &Elevate) -> Result<(), CommandError> {
    let member = selector(&arguments.member).ok_or(CommandError::Nobody)?;
    let how = if arguments.break_glass { Elevation::BreakGlass } else { Elevation::First };
    let request = ElevationRequest { account: arguments.account, member, how };
    with_store(configuration, async |store| Ok(describe(&store.elevate_member(request).await?, arguments)))
}

fn selector(which: &WhichMember) -> Option<MemberSelector> {
    match (which.member, &which.email) {
        (Some(id), _) => Some(MemberSelector::Id(id)),
        (None, Some(email)) => Some(MemberSelector::Email(email.clone())),
        (None, None) => None,
    }
}

fn describe(elevated: &ElevatedMember, arguments: &Elevate) -> String {
    let ElevatedMember { account, member, changed, others } = elevated;
    if arguments.json {
        return json!({ "changed": changed, "account": account, "member": member, "otherSuperAdmins": others })
            .to_string();
    }
    let what = if *changed { "is Super Admin now" } else { "was one already; nothing was changed" };
    report(&[
        ("Account", named(account)),
        ("Super Admin", format!("{} ({}) {what}", member.email.as_str(), member.id)),
        ("Others", format!("{others} active Super Admins besides")),
    ])
}
