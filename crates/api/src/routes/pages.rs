//! What people meet in a browser: the page of one-time links, the pages of problems, the way to the documents.
//!
//! None of it is an operation of the API, so none of it is in the OpenAPI document.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use keyhall_credential::secret::SECRET_PATTERN;
use serde_json::json;

use crate::problem::{KINDS, NOT_FOUND, Problem};
use crate::public_url::PublicUrl;

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The paths of the pages; all of them have `GET` and nothing else.
pub(crate) const PAGES: &[&str] = &[
    "/",
    "/docs",
    "/invite",
    "/reset",
    "/confirm-email",
    "/assets/link.js",
    "/assets/style.css",
    "/problems/{code}",
    "/.well-known/secret-scanning",
    "/openapi.json",
];

/// The pages.
pub(crate) fn pages(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/docs", web::get().to(home))
        .route("/invite", web::get().to(link))
        .route("/reset", web::get().to(link))
        .route("/confirm-email", web::get().to(link))
        .route("/assets/link.js", web::get().to(link_script))
        .route("/assets/style.css", web::get().to(style))
        .route("/problems/{code}", web::get().to(problem))
        .route("/.well-known/secret-scanning", web::get().to(secret_scanning));
}

async fn home(public_url: Data<PublicUrl>) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, public_url.join("/docs/"))).finish()
}

/// What one-time links open; its script tells by the path what for.
async fn link() -> HttpResponse {
    html(include_str!("../../assets/link.html").to_owned())
}

async fn link_script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/link.js"))
}

async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../assets/style.css"))
}

/// What a kind of problem means, and what to do about it.
async fn problem(code: Path<String>) -> Result<HttpResponse, Problem> {
    let kind = KINDS.iter().find(|kind| kind.code == *code).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    Ok(html(format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} · Keyhall</title>\
         <link rel=\"stylesheet\" href=\"../assets/style.css\"></head>\
         <body><main><h1>{title}</h1><p><code>{code}</code> · status {status}</p><p>{meaning}</p></main></body></html>\n",
        title = kind.title,
        code = kind.code,
        status = kind.status.as_u16(),
        meaning = with_code(kind.meaning),
    )))
}

/// What stands between backticks, as code. The table of problems is ours: there is nothing to escape in it.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

/// How scanners recognise Keyhall's secrets in code and logs.
async fn secret_scanning() -> impl Responder {
    Json(json!({
        "pattern": SECRET_PATTERN,
        "checksum": "The last 6 characters are CRC-32/ISO-HDLC of the 40 ASCII characters before them, in base 62 \
                     (digits 0-9A-Za-z, most significant first, left-padded with 0).",
        "kinds": {
            "khp_": "personal access token",
            "khs_": "client secret",
            "khu_": "session",
            "khi_": "invitation or other one-time link",
        },
    }))
}

fn html(page: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(page)
}

fn asset(content_type: &'static str, content: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, content_type)).body(content)
}
