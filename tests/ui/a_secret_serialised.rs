//! A secret stands in no answer by accident.

use keyhall_credential::secret::SessionSecret;

fn show(secret: &SessionSecret) -> serde_json::Result<String> {
    serde_json::to_string(secret)
}

fn main() {}
