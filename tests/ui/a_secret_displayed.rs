//! A secret is no text.

use keyhall_credential::secret::SessionSecret;

fn show(secret: &SessionSecret) -> String {
    secret.to_string()
}

fn main() {}
