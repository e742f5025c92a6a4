//! What mails say. The templates escape what stands in HTML; what people chose is set apart from the text around it, so that
//! its direction does not reorder it (UAX 9, isolates).

use askama::Template;
use jiff::{Timestamp, tz};
use keyhall_domain::mail::{Message, Person, Subject};
use keyhall_domain::name::Name;

use crate::letter::Link;

/// A mail's words.
#[derive(Debug)]
pub(crate) struct Words {
    /// The subject.
    pub(crate) subject: String,
    /// The whole, as plain text.
    pub(crate) text: String,
    /// The whole, as HTML.
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    message: &'a Message<Link>,
    deployment: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    message: &'a Message<Link>,
    deployment: &'a str,
    subject: &'a str,
}

/// Writes a mail's words.
pub(crate) fn write(message: &Message<Link>, deployment: &str) -> Result<Words, askama::Error> {
    let subject = subject(message);
    let text = Text { message, deployment }.render()?;
    let html = Html { message, deployment, subject: &subject }.render()?;
    Ok(Words { subject, text, html })
}

fn subject(message: &Message<Link>) -> String {
    match message {
        Message::Invitation { account, .. } => {
            format!("Your invitation to \"{}\"", isolated(account.as_str()))
        }
        Message::PasswordReset { .. } => "Choose a new password".to_owned(),
        Message::EmailChange { .. } => "Confirm your new address".to_owned(),
        Message::EmailChanged { .. } => "Your address was changed".to_owned(),
        Message::PasswordChanged { .. } => "Your password was changed".to_owned(),
        Message::SuperAdminGranted { account, .. } => {
            format!("\"{}\" has one Super Admin more", isolated(account.as_str()))
        }
        Message::SuperAdminRevoked { account, .. } => {
            format!("\"{}\" has one Super Admin less", isolated(account.as_str()))
        }
    }
}

/// Text that people chose, between a first-strong isolate and its end where it may have a direction of its own.
fn isolated(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("\u{2068}{text}\u{2069}") }
}

fn person(person: &Person) -> String {
    let email = isolated(person.email.as_str());
    match &person.name {
        Some(name) => format!("{} ({email})", isolated(name.as_str())),
        None => email,
    }
}

fn name(name: &Name) -> String {
    isolated(name.as_str())
}

fn time(time: &Timestamp) -> String {
    time.to_zoned(tz::TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests;
