//! Where the server listens, and whether it answers there: one request in plain sockets, for which no HTTP client
//! is worth its compilation.

use std::env;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use crate::outcome::{Outcome, While as _};

const HOST: &str = "127.0.0.1";
const PORT: u16 = 8080;
const PATIENCE: Duration = Duration::from_secs(2);

/// A host and a port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// What the environment configures, otherwise the server's defaults.
    pub(super) fn configured() -> Outcome<Self> {
        let host = env::var("KEYHALL__SERVER__HOST").unwrap_or_else(|_| HOST.to_owned());
        let port = match env::var("KEYHALL__SERVER__PORT") {
            Ok(port) => port.parse().while_doing("KEYHALL__SERVER__PORT is no port")?,
            Err(_) => PORT,
        };
        Ok(Self { host, port })
    }

    /// Fails if something listens there already: its answers would be taken for the server's.
    pub(super) fn must_be_free(&self) -> Outcome {
        match self.connect() {
            Err(_) => Ok(()),
            Ok(_) => Err(format!(
                "something listens on {self} already; stop it, or choose another port with \
                 `KEYHALL__SERVER__PORT={} cargo xtask up`",
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
