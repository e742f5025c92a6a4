//! Where the server listens, and whether it answers there: one request in plain sockets, for which no HTTP client
//! is worth its compilation.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use crate::outcome::{Outcome, While as _};

const PATIENCE: Duration = Duration::from_secs(2);

/// A host and a port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Where the server will listen, from what `keyhall config show` prints: the file and the environment count as they do
    /// for the server.
    pub(super) fn shown(text: &str) -> Outcome<Self> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.and_then(|line| line.split("  #").next()).map(|value| value.trim_matches('"').to_owned())
        };
        let host = value("server.host").ok_or("`keyhall config show` names no `server.host`")?;
        let port = value("server.port").ok_or("`keyhall config show` names no `server.port`")?;
        Ok(Self { host, port: port.parse().while_doing("`server.port` is no port")? })
    }

    /// Fails if something listens there already: its answers would be taken for the server's.
    pub(super) fn must_be_free(&self) -> Outcome {
        match self.connect() {
            Err(_) => Ok(()),
            Ok(_) => Err(format!(
                "something listens on {self} already; stop it, or run a second Keyhall beside it with \
                 `KEYHALL__SERVER__PORT={} KEYHALL__EMBEDDED__DATA_DIR=/a/folder/of/its/own cargo xtask up`",
                self.port.wrapping_add(1)
            )
            .into()),
        }
    }

    /// Whether `GET /health/ready` answers 200.
    pub(super) fn is_ready(&self) -> bool {
        self.status("/health/ready").is_ok_and(|status| status == 200)
    }

    fn status(&self, path: &str) -> Outcome<u16> {
        let mut stream = self.connect()?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.authority());
        stream.write_all(request.as_bytes())?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        status_of(&head).ok_or_else(|| "this is not HTTP".into())
    }

    fn connect(&self) -> Outcome<TcpStream> {
        let mut last = Outcome::Err(format!("{} has no address", self.host).into());
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Err(error.into()),
            }
        }
        last
    }

    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority())
    }
}

/// The code in `HTTP/1.1 200`.
fn status_of(head: &[u8]) -> Option<u16> {
    let (version, code) = std::str::from_utf8(head).ok()?.split_once(' ')?;
    version.starts_with("HTTP/").then(|| code.parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use super::{Address, status_of};

    #[test]
    fn the_address_is_the_one_that_the_server_shows() {
        let text = "server.host = \"127.0.0.1\"  # the defaults\nserver.port = 8085  # keyhall.toml\n";
        assert_eq!(Address::shown(text).unwrap().to_string(), "http://127.0.0.1:8085");
        assert!(Address::shown("server.host = \"::1\"  # x").is_err());
    }

    #[test]
    fn a_status_line_has_a_code() {
        assert_eq!(status_of(b"HTTP/1.1 200"), Some(200));
        assert_eq!(status_of(b"HTTP/1.1 OK!"), None);
        assert_eq!(status_of(b"SSH-2.0 2222"), None);
    }

    #[test]
    fn ready_is_200_and_nothing_else() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address { host: "127.0.0.1".into(), port: listener.local_addr().unwrap().port() };
        let server = thread::spawn(move || {
            for answer in ["HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                assert!(request[..length].starts_with(b"GET /health/ready HTTP/1.1\r\n"));
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        assert!(!address.is_ready());
        assert!(address.is_ready());
        server.join().unwrap();
        assert!(!address.is_ready());
    }
}
