//! What a person sees when the server is ready: where it is, who they are, and four commands to paste.

use serde_json::json;

use crate::up::EMAIL;
use crate::up::address::Address;

/// What is known of the first account.
pub(super) enum Credentials {
    /// It was made just now; the password is shown this once.
    New {
        /// Whom to sign in as.
        email: String,
        /// Their password.
        password: String,
    },
    /// It was there before.
    Unknown,
}

/// The whole text.
pub(super) fn text(address: &Address, credentials: &Credentials) -> String {
    let (email, password, about, how) = match credentials {
        Credentials::New { email, password } => (
            email.as_str(),
            password.as_str(),
            format!("E-mail     {email}\n  Password   {password}   (shown once; keep it)"),
            "Paste into another terminal:",
        ),
        Credentials::Unknown => (
            EMAIL,
            "YOUR_PASSWORD",
            "There is an account already. For a new one:\n  \
             cargo run --quiet --package keyhall -- admin bootstrap --account Another --email you@example.com"
                .to_owned(),
            "Paste into another terminal, with your e-mail and password in the first command:",
        ),
    };
    format!(
        "\nKeyhall is ready. Ctrl-C stops it.\n\n  Address    {address}\n  API        {address}/docs\n  {about}\n\n\
         {how}\n\n{}\n",
        commands(address, email, password)
    )
}

fn commands(address: &Address, email: &str, password: &str) -> String {
    let sign_in = quoted(&json!({"email": email, "password": password}).to_string());
    let content = "-H 'Content-Type: application/json'";
    let token = r#"sed -n 's/.*"token": *"\([^"]*\)".*/\1/p'"#;
    [
        "# Sign in".to_owned(),
        format!("SESSION=$(curl -sS {address}/v1/sessions {content} \\\n  -d {sign_in} | {token})"),
        "# Create a project".to_owned(),
        format!(
            "curl -sS {address}/v1/projects {content} -H \"Authorization: Bearer $SESSION\" \\\n  \
             -d '{{\"name\":\"Project '$RANDOM'\"}}'; echo"
        ),
        "# Make a personal access token".to_owned(),
        format!(
            "TOKEN=$(curl -sS {address}/v1/personal-access-tokens {content} -H \"Authorization: Bearer $SESSION\" \\\n  \
             -d '{{\"name\":\"Token '$RANDOM'\",\"lifetime\":\"P30D\"}}' | {token})"
        ),
        "# List the projects with it".to_owned(),
        format!("curl -sS {address}/v1/projects -H \"Authorization: Bearer $TOKEN\"; echo"),
    ]
    .join("\n")
}

/// As one word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Credentials, commands, quoted, text};
    use crate::up::address::Address;

    #[test]
    fn any_password_survives_the_shell() {
        let password = r#"a'b"c\d $e `f` é"#;
        let echo =
            Command::new("bash").args(["-c", &format!("printf %s {}", quoted(password))]).output().unwrap();
        assert_eq!(String::from_utf8(echo.stdout).unwrap(), password);
    }

    #[test]
    fn the_commands_work_in_bash() {
        // A stand-in for curl: answers the sign-in and the token, and shows the header and the body of the rest.
        let curl = r#"curl() { case "$*" in
            *sessions*) echo '{"id":"x","token": "khu_1","kind":"session"}';;
            *tokens*"Bearer khu_1"*P30D*) echo '{"token":"khp_2"}';;
            *) printf '%s|' "${@: -1}";;
        esac; }; RANDOM=7"#;
        let address = Address::shown("server.host = \"127.0.0.1\"\nserver.port = 8080").unwrap();
        let script = format!("{curl}\n{}", commands(&address, "a@example.com", "it's"));
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.starts_with("{\"name\":\"Project "), "{shown}");
        assert!(shown.ends_with("Authorization: Bearer khp_2|\n"), "{shown}");
        assert!(output.stderr.is_empty());
    }

    #[test]
    fn the_password_is_shown_when_it_is_known_and_asked_for_when_not() {
        let address = Address::shown("server.host = \"127.0.0.1\"\nserver.port = 8080").unwrap();
        let new = Credentials::New { email: "a@example.com".into(), password: "correct horse".into() };
        assert_eq!(text(&address, &new).matches("correct horse").count(), 2);
        let later = text(&address, &Credentials::Unknown);
        assert!(
            later.contains("YOUR_PASSWORD")
                && later.contains("admin bootstrap --account Another --email you@example.com")
        );
    }
}
