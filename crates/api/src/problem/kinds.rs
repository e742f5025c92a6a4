//! The table of all problems: code (the last part of `type`), status, title, and what to do about it.

use actix_web::http::StatusCode;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The last part of the `type` URL.
    pub(crate) code: &'static str,
    /// The status.
    pub(crate) status: StatusCode,
    /// What it is, in a few words.
    pub(crate) title: &'static str,
    /// What it means and what to do, for the page at its URL.
    pub(crate) meaning: &'static str,
}

/// Declares the kinds, and the list of all of them.
macro_rules! kinds {
    ($($name:ident $code:literal $status:ident $title:literal $meaning:literal;)*) => {
        $(pub(crate) static $name: Kind =
            Kind { code: $code, status: StatusCode::$status, title: $title, meaning: $meaning };)*

        /// All kinds, in the order of the table.
        pub(crate) static KINDS: &[&Kind] = &[$(&$name,)*];
    };
}

kinds! {
    INVALID_REQUEST        "invalid-request"        BAD_REQUEST            "The request is not valid"
        "Something in the path, the query or the body is not as it has to be. `violations` lists all of it. Nothing was changed.";
    INVALID_JSON           "invalid-json"           BAD_REQUEST            "The body is not valid JSON"
        "The body must be one JSON value (RFC 8259), in UTF-8, nested at most 32 deep unless the server is configured otherwise. Nothing was changed.";
    UNAUTHENTICATED        "unauthenticated"        UNAUTHORIZED           "No valid credential"
        "Send a session token or a personal access token: `Authorization: Bearer kh…`. If you sent one, `detail` says what is wrong with it; why a token ended is told only to who holds the right secret.";
    INVALID_CREDENTIALS    "invalid-credentials"    UNAUTHORIZED           "The e-mail address or the password is wrong"
        "Unknown addresses get the same answer as wrong passwords.";
    INVALID_LINK           "invalid-link"           UNAUTHORIZED           "The link cannot be used"
        "Links work once: an invitation for seven days (ask whoever invited you for a new one), one to a new password for a day (`POST /v1/password-resets`), one to a new address for a day (`PATCH /v1/me`). The newest of each is the only one that works. Copy the whole link: its secret has 46 characters behind the `#`.";
    MISSING_PERMISSION     "missing-permission"     FORBIDDEN              "A permission is missing"
        "`missingPermission` names it, `scope` where it is missing. Somebody who may hand out roles there can give it to you.";
    SESSION_REQUIRED       "session-required"       FORBIDDEN              "Only a signed-in person may do this"
        "A token cannot do this, whatever its owner may. Sign in (`POST /v1/sessions`) and use the session's token.";
    ADDRESS_NOT_ALLOWED    "address-not-allowed"    FORBIDDEN              "Not from this address"
        "The account can be reached only from the addresses on its IP allow list, and yours is not among them. A Super Admin changes the list; who is locked out altogether asks the operator.";
    WRONG_PASSWORD         "wrong-password"         FORBIDDEN              "The current password is wrong"
        "Whoever changes a password or an address shows once more that they know the password. It counts like a sign-in that failed. Nothing was changed.";
    OUTRANKED              "outranked"              FORBIDDEN              "You do not outrank this member"
        "Whoever changes a member, or hands out a role, must hold every account permission that the member holds before and afterwards. Super Admins are changed only by another Super Admin, in a session, never by themselves.";
    EXCEEDS_YOUR_RIGHTS    "exceeds-your-rights"    FORBIDDEN              "The role holds more than you do"
        "A role is handed out, as a grant, a default or a place in a group, by whoever owns the project or the environment, or by whoever holds `grant:create` there and everything that the role holds. What counts is what you hold through the session or token that you use.";
    NOT_FOUND              "not-found"              NOT_FOUND              "There is no such thing"
        "It does not exist, or not for you.";
    METHOD_NOT_ALLOWED     "method-not-allowed"     METHOD_NOT_ALLOWED     "The path has no such method"
        "The header `Allow` lists the methods that it has.";
    NAME_TAKEN             "name-taken"             CONFLICT               "The name is taken"
        "Names are compared without case, and as Unicode sees them (NFKC).";
    ALREADY_GRANTED        "already-granted"        CONFLICT               "There is a grant already"
        "Each principal and each group has one grant on a project, and one on an environment. `present` is the one that is there; `PATCH` changes its role.";
    CANNOT_BE_GRANTED      "cannot-be-granted"      CONFLICT               "It cannot be granted"
        "Roles are granted to members who may speak, and on an environment to those who have a role on its project. `detail` says what is in the way. Nothing was changed.";
    LAST_OWNER             "last-owner"             CONFLICT               "The project would have no owner left"
        "The last owner of a project may go where the account has a Super Admin, who owns every project. This account has none. Make somebody else an owner first.";
    NOT_EMPTY              "not-empty"              CONFLICT               "There is something in it"
        "`contents` counts what would be deleted too. Send the request again with `?cascade=true` if that is what you want.";
    ROLE_IN_USE            "role-in-use"            CONFLICT               "The role is in use"
        "`uses` counts where. Give whoever has it another role first.";
    REPOSITORY_EXISTS      "repository-exists"      CONFLICT               "The project has this repository"
        "A project has a repository once. Names are compared as the providers compare them, without case.";
    REPOSITORY_REFUSED     "repository-refused"     CONFLICT               "The Git provider refuses"
        "The provider was asked for the repository and refused. `reason` says why: `token-rejected` (it does not accept the token), `token-required` (it says nothing without one), `no-such-repository` (there is none that the token may see; without a token, none that is public), `no-right` (it may not be looked at), `moved` (it was renamed or moved). Mend that, and send the request again. Nothing was changed.";
    EXTERNAL_ID_TAKEN      "external-id-taken"      CONFLICT               "The external id is taken"
        "Another member of the account has it. External ids are compared exactly as they stand.";
    BUILT_IN               "built-in"               CONFLICT               "It is built in"
        "What is built in is neither changed nor deleted.";
    WOULD_LOCK_YOU_OUT     "would-lock-you-out"     CONFLICT               "You would lock yourself out"
        "An IP allow list must let in the address from which it is set, or be empty. Nothing was changed.";
    ADDRESS_TAKEN          "address-taken"          CONFLICT               "The e-mail address is taken"
        "Another user has this address by now. Nothing was changed.";
    NO_MAIL                "no-mail"                CONFLICT               "The deployment sends no mail"
        "Without mail no link reaches anybody. The operator can print a link to a new password (`keyhall admin reset-password`) and configure mail (`mail` in the configuration).";
    ALREADY_MEMBER         "already-member"         CONFLICT               "Already a member, or invited"
        "Somebody with this e-mail address is in the account already, or invited.";
    WRONG_STATE            "wrong-state"            CONFLICT               "It is in another state"
        "The thing is not in a state in which this can be done. `detail` says why.";
    INVITER_LOST_RIGHT     "inviter-lost-right"     CONFLICT               "The inviter may not hand out this role any more"
        "The invitation's role is held against the inviter's right at the moment of acceptance. Ask for a new invitation. Nothing was changed.";
    SEVERAL_ACCOUNTS       "several-accounts"       CONFLICT               "Say which account"
        "You are a member of several accounts. Send the request again with `account`, one of the ids in `accounts`.";
    LIMIT_REACHED          "limit-reached"          CONFLICT               "A limit of the account is reached"
        "`detail` says which.";
    IDEMPOTENCY_KEY_REUSED "idempotency-key-reused" CONFLICT               "The key stands for another request"
        "For 24 hours an `Idempotency-Key` stands for one request: the same method, path and body, byte for byte. Take a new key for a new request. Nothing was changed.";
    IDEMPOTENCY_KEY_IN_USE "idempotency-key-in-use" CONFLICT               "A request with this key still runs"
        "Send the request again, with the same key, after the seconds in `Retry-After`: then you get the answer of the one that runs now. Nothing was changed by this one.";
    MADE_BEFORE            "made-before"            CONFLICT               "It was made when the request was sent before"
        "`createdId` is the id of what was made. Its secret was in the first answer alone and is kept nowhere; if that answer never reached you, revoke the thing and make another one with a new key.";
    CONCURRENT_CHANGE      "concurrent-change"      CONFLICT               "Somebody else changed it at the same moment"
        "Nothing was changed by this request. Read the thing again and repeat the request if it still makes sense.";
    PRECONDITION_FAILED    "precondition-failed"    PRECONDITION_FAILED    "It has changed since you read it"
        "The `If-Match` header names a version that is no longer the present one. Read the thing again, and repeat with its new `ETag`.";
    REQUEST_TIMEOUT        "request-timeout"        REQUEST_TIMEOUT        "The body did not arrive in time"
        "A body has 10 seconds to arrive. Nothing was changed.";
    PAYLOAD_TOO_LARGE      "payload-too-large"      PAYLOAD_TOO_LARGE      "The body is too large"
        "Bodies have at most 65536 bytes unless the server is configured otherwise; `detail` says how many.";
    UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body must be JSON"
        "Send `Content-Type: application/json`.";
    TOO_MANY_SIGN_INS      "too-many-sign-ins"      TOO_MANY_REQUESTS      "Too many passwords are being checked"
        "Checking a password is costly on purpose. Come back after the seconds in `Retry-After`.";
    TOO_MANY_FAILURES      "too-many-failures"      TOO_MANY_REQUESTS      "Too many attempts have failed"
        "After ten failures, for an address of e-mail or from a network address, each further attempt has to wait: a second at first, at most 15 minutes. Unknown addresses count like known ones. Come back after the seconds in `Retry-After`. From where you signed in during the last 30 days, others' failures do not delay you.";
    RATE_LIMITED           "rate-limited"           TOO_MANY_REQUESTS      "Too many requests"
        "Each principal has so many requests a minute on each server; its sessions and tokens share them. The headers `RateLimit-Policy` and `RateLimit` of every answer say how many, and how many are left. Come back after the seconds in `Retry-After`.";
    INTERNAL               "internal"               INTERNAL_SERVER_ERROR  "Something went wrong on our side"
        "The server's log has the cause under the `requestId`.";
    PROVIDER_UNAVAILABLE   "provider-unavailable"   SERVICE_UNAVAILABLE    "The Git provider cannot be asked"
        "The provider cannot be reached, is too slow, takes no more requests for now, or gives an answer that Keyhall does not understand. Nothing was changed. Come back after the seconds in `Retry-After`; if it lasts, the server's log has the cause under the `requestId`.";
    UNAVAILABLE            "unavailable"            SERVICE_UNAVAILABLE    "The database is not available"
        "Nothing is known to have been changed. Come back after the seconds in `Retry-After`.";
}
