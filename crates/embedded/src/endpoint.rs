//! Where a running cluster is reached.

use std::{
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

/// The database that the first start makes, and the superuser of the private cluster.
pub(crate) const NAME: &str = "keyhall";

/// Part of the socket's name only: nothing listens on a network.
pub(crate) const PORT: u16 = 5432;

/// Where a cluster is reached: its Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    socket: PathBuf,
}

impl Endpoint {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// The folder of the socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        &self.socket
    }

    /// A connection string for libpq, to the database `keyhall` as the user of the same name.
    #[must_use]
    pub fn connection_string(&self) -> String {
        self.connection_string_for(NAME)
    }

    /// A connection string for libpq, to another database of the cluster. The user is its superuser.
    #[must_use]
    pub fn connection_string_for(&self, database: &str) -> String {
        let database = database.replace('\\', r"\\").replace('\'', r"\'");
        format!("host={} port={PORT} user={NAME} dbname='{database}'", self.socket.display())
    }

    /// Whether something listens.
    pub(crate) fn answers(&self) -> bool {
        UnixStream::connect(self.socket.join(format!(".s.PGSQL.{PORT}"))).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn the_name_of_a_database_cannot_add_to_the_connection_string() {
        let endpoint = Endpoint::new("/run/keyhall".into());
        assert_eq!(endpoint.connection_string(), "host=/run/keyhall port=5432 user=keyhall dbname='keyhall'");
        assert_eq!(
            endpoint.connection_string_for(r"a' user='b\"),
            r"host=/run/keyhall port=5432 user=keyhall dbname='a\' user=\'b\\'"
        );
    }
}
