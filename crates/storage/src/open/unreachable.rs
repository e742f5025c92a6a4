//! Why PostgreSQL cannot be reached, in libpq's words without the connection string's.

use diesel::ConnectionError;

/// PostgreSQL cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UnreachableError(String);

impl From<ConnectionError> for UnreachableError {
    /// A connection that failed is described by host and port; a connection string that is none is quoted, and with it the
    /// password that may stand in it.
    fn from(error: ConnectionError) -> Self {
        let text = error.to_string();
        if text.starts_with("connection to server") {
            return Self(text);
        }
        match (text.split_once('"'), text.rsplit_once('"')) {
            (Some((before, _)), Some((_, after))) => Self(format!("{before}[redacted]{after}")),
            _ => Self(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;

    #[test]
    fn a_connection_string_that_is_none_is_not_repeated() {
        for url in [
            "postgres//keyhall:hunter2@db.example/keyhall",
            "postgres//keyhall:hunter2@db.example/keyhall?sslmode=require",
            "postgres://keyhall:hunter2/x@db.example/keyhall",
            "postgres://keyhall:hunter2%zz@db.example/keyhall",
            "postgres://keyhall:x@hunter2@nowhere.invalid/keyhall",
            "host=/nowhere password='hunter2",
            "hunter2",
        ] {
            let error = PgConnection::establish(url).map(|_| ()).unwrap_err();
            let text = UnreachableError::from(error).to_string();
            assert!(!text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn a_server_that_is_away_is_named() {
        let error = PgConnection::establish("host=127.0.0.1 port=1").map(|_| ()).unwrap_err();
        let text = UnreachableError::from(error).to_string();
        assert!(text.contains("127.0.0.1") && text.contains("port 1"), "{text}");
    }
}
