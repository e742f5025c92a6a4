//! Members.

use actix_web::web::{Data, Json};
use actix_web::{delete, get, patch, post};
use jiff::Timestamp;
use keyhall_domain::authz::{
    InviteMember, ListMembers, ReadMember, ReinstateMember, RemoveMember, ResendInvitation, SuspendMember,
    UpdateMember,
};
use keyhall_domain::external_id::ExternalId;
use keyhall_domain::id::MemberId;
use keyhall_domain::member::{InvitedRole, Member, MemberPatch, NewMember};
use keyhall_domain::page::{Page, PageNumber, PageRequest, PageSize};
use keyhall_domain::violation::Violations;
use keyhall_storage::{Invitation, Store};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Created, Entity, NoContent};
use crate::authorized::Authorized;
use crate::body::Body;
use crate::if_match::IfMatch;
use crate::links;
use crate::permission;
use crate::problem::ProblemDocument;
use crate::public_url::PublicUrl;
use crate::query::Query;

/// Which members are asked for.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, rename_all = camelCase, deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct MemberQuery {
    /// The one whom the account's own services call this.
    #[deserr(default)]
    #[param(value_type = Option<String>, example = "employee-4711")]
    external_id: Option<ExternalId>,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// An invited member. Where the deployment sends no mail, with the invitation's link, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitedMember {
    /// The member, invited.
    #[serde(flatten)]
    member: Member,
    /// The roles on projects that the member gets on acceptance.
    projects: Vec<InvitedRole>,
    /// The link to send to the invited person. It works once; nobody can show it again. Absent where the deployment sends mail:
    /// then the invited person gets it, and nobody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = "uri", example = "http://127.0.0.1:8080/invite#khi_EXAMPLE")]
    invitation_link: Option<String>,
    /// Until when the link works: seven days.
    invitation_expires_at: Timestamp,
}

impl InvitedMember {
    fn new(invitation: Invitation, public_url: &PublicUrl) -> Self {
        let Invitation { member, projects, secret, expires_at } = invitation;
        let invitation_link = secret.map(|secret| links::invitation(public_url, &secret));
        Self { member, projects, invitation_link, invitation_expires_at: expires_at }
    }
}

/// List the members
///
/// Newest first; invited and suspended ones too. Needs `member:list`, which every built-in role has.
#[utoipa::path(
    tag = "Members",
    operation_id = "listMembers",
    params(MemberQuery),
    responses((status = OK, description = "A page of members", body = Page<Member>)),
    extensions(("x-permission" = json!(permission::of::<ListMembers>()))),
)]
#[get("/v1/members")]
pub(crate) async fn list_members(
    grant: Authorized<ListMembers>,
    query: Query<MemberQuery>,
    store: Data<Store>,
) -> Answer<Entity<Page<Member>>> {
    let Query(MemberQuery { external_id, page, size }) = query;
    Ok(Entity(store.list_members(&grant, external_id, PageRequest { page, size }).await?))
}

/// Invite a member
///
/// The invited person gets a link by mail and accepts within seven days; where the deployment sends no mail, the answer has the
/// link. In a session; needs `member:create`, and that one holds every account permission of the role; for each of `projects`,
/// what it takes to grant the role there, now and at acceptance. Super Admins are never invited as such.
#[utoipa::path(
    tag = "Members",
    operation_id = "inviteMember",
    request_body(content = NewMember, example = json!({ "email": "grace@example.com", "role": "member" })),
    responses(
        (status = CREATED, description = "Invited", body = InvitedMember),
        (status = CONFLICT, description = "In the account already, or invited; or another member has the external id", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<InviteMember>()))),
)]
#[post("/v1/members")]
pub(crate) async fn invite_member(
    grant: Authorized<InviteMember>,
    body: Body<NewMember>,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Created<InvitedMember>> {
    let invitation = store.invite_member(&grant, body.0).await?;
    let location = public_url.join(&format!("/v1/members/{}", invitation.member.id));
    Ok(Created { location, body: InvitedMember::new(invitation, &public_url) })
}

/// Resend an invitation
///
/// The link that is out dies, and a new one goes the way of the first: by mail, or into the answer. It works for seven days.
/// Whoever sends it is held to the role from now on. In a session; needs `member:create`, and that one holds every account
/// permission of the member's role.
#[utoipa::path(
    tag = "Members",
    operation_id = "resendInvitation",
    params(
        ("memberId" = MemberId, Path, description = "The invited member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses(
        (status = OK, description = "Sent again", body = InvitedMember),
        (status = CONFLICT, description = "The member has accepted already", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<ResendInvitation>()))),
)]
#[post("/v1/members/{memberId}/resend-invitation")]
pub(crate) async fn resend_invitation(
    grant: Authorized<ResendInvitation>,
    if_match: IfMatch,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Answer<Json<InvitedMember>> {
    let invitation = store.resend_invitation(&grant, if_match.0).await?;
    Ok(Json(InvitedMember::new(invitation, &public_url)))
}

/// Show a member
///
/// Needs `member:read`, which every built-in role has.
#[utoipa::path(
    tag = "Members",
    operation_id = "getMember",
    params(("memberId" = MemberId, Path, description = "The member")),
    responses((status = OK, description = "The member", body = Member)),
    extensions(("x-permission" = json!(permission::of::<ReadMember>()))),
)]
#[get("/v1/members/{memberId}")]
pub(crate) async fn get_member(grant: Authorized<ReadMember>, store: Data<Store>) -> Answer<Entity<Member>> {
    Ok(Entity(store.read_member(&grant).await?))
}

/// Change a member's role or external id
///
/// Needs `member:update`, and that one outranks the member as they are and as they would be. The Super Admin role is given
/// and taken by operations of its own; a Super Admin's external id is set by themself or another Super Admin.
#[utoipa::path(
    tag = "Members",
    operation_id = "updateMember",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    request_body(content = MemberPatch, example = json!({ "role": "admin" })),
    responses(
        (status = OK, description = "The member as it is now", body = Member),
        (status = CONFLICT, description = "The member is a Super Admin, or another one has the external id", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<UpdateMember>()))),
)]
#[patch("/v1/members/{memberId}")]
pub(crate) async fn update_member(
    grant: Authorized<UpdateMember>,
    if_match: IfMatch,
    body: Body<MemberPatch>,
    store: Data<Store>,
) -> Answer<Entity<Member>> {
    Ok(Entity(store.update_member(&grant, if_match.0, body.0).await?))
}

/// Remove a member
///
/// The membership goes, with its grants, sessions and tokens; the user stays. Needs `member:delete`, and that one outranks
/// the member; a Super Admin is removed only by another, in a session.
#[utoipa::path(
    tag = "Members",
    operation_id = "removeMember",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses((status = NO_CONTENT, description = "Removed")),
    extensions(("x-permission" = json!(permission::of::<RemoveMember>()))),
)]
#[delete("/v1/members/{memberId}")]
pub(crate) async fn remove_member(
    grant: Authorized<RemoveMember>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<NoContent> {
    store.remove_member(&grant, if_match.0).await?;
    Ok(NoContent)
}

/// Suspend a member
///
/// Sessions end at once; tokens are refused while it lasts and work again afterwards. Needs `member:update`, and that one
/// outranks the member; a Super Admin is suspended only by another, in a session.
#[utoipa::path(
    tag = "Members",
    operation_id = "suspendMember",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses(
        (status = OK, description = "The member, suspended", body = Member),
        (status = CONFLICT, description = "The member has not accepted yet", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<SuspendMember>()))),
)]
#[post("/v1/members/{memberId}/suspend")]
pub(crate) async fn suspend_member(
    grant: Authorized<SuspendMember>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<Entity<Member>> {
    Ok(Entity(store.suspend_member(&grant, if_match.0).await?))
}

/// Reinstate a member
///
/// Ends a suspension. Needs `member:update`, and that one outranks the member.
#[utoipa::path(
    tag = "Members",
    operation_id = "reinstateMember",
    params(
        ("memberId" = MemberId, Path, description = "The member"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the member must still have"),
    ),
    responses(
        (status = OK, description = "The member, active again", body = Member),
        (status = CONFLICT, description = "The member is not suspended", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!(permission::of::<ReinstateMember>()))),
)]
#[post("/v1/members/{memberId}/reinstate")]
pub(crate) async fn reinstate_member(
    grant: Authorized<ReinstateMember>,
    if_match: IfMatch,
    store: Data<Store>,
) -> Answer<Entity<Member>> {
    Ok(Entity(store.reinstate_member(&grant, if_match.0).await?))
}
