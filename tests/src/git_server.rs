//! A Git provider on loopback: it speaks the one request of GitHub and of GitLab that Keyhall makes, as their documentation has
//! it, keeps what it is asked, and has the moods that strangers have.

mod documented;
mod session;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyhall_outbound::{GitAuthorities, GitProviderOptions};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use documented::{CANARY, READER, UNKNOWN, WRITER};

/// What the provider does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitMood {
    /// Answers as its documentation says.
    Documented,
    /// Answers this, whatever it is asked.
    Says {
        /// The status.
        status: u16,
        /// A header, such as `Location: https://…`.
        header: Option<String>,
        /// The body.
        body: String,
    },
    /// Begins an answer and never gets to its end.
    Drips,
    /// Sends an answer that has no end, as fast as it is taken.
    Floods,
    /// Cuts the connection instead of answering.
    Cuts,
}

/// What the provider was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitRequest {
    /// The method and the target, such as `GET /github/repos/acme/site`.
    pub line: String,
    /// Names, in lower case, and values.
    pub headers: Vec<(String, String)>,
}

/// A Git provider. Dropping it stops it.
#[derive(Debug)]
pub struct GitServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    mood: Mutex<GitMood>,
    requests: Mutex<Vec<GitRequest>>,
    stopped: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
}

impl GitServer {
    /// A provider that answers as its documentation says.
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// The same under TLS, with this certificate and key, as PEM.
    pub fn protected(certificate: &str, key: &str) -> Self {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let tls = ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate with its key");
        Self::listen(Some(Arc::new(tls)))
    }

    /// The base of GitHub's API.
    pub fn github(&self) -> String {
        format!("{}/github", self.url())
    }

    /// The base of GitLab's API.
    pub fn gitlab(&self) -> String {
        format!("{}/gitlab/api/v4", self.url())
    }

    /// What a deployment needs to ask this provider.
    pub fn options(&self) -> GitProviderOptions {
        GitProviderOptions {
            github_base_url: self.github().parse().expect("a base of URLs"),
            gitlab_base_url: self.gitlab().parse().expect("a base of URLs"),
            timeout: Duration::from_secs(20),
            trusted: GitAuthorities::default(),
        }
    }

    /// Changes what it does with requests from now on.
    pub fn set_mood(&self, mood: GitMood) {
        *self.shared.mood.lock().expect("nobody panics with it") = mood;
    }

    /// Answers everything with this from now on.
    pub fn say(&self, status: u16, body: impl Into<String>) {
        self.set_mood(GitMood::Says { status, header: None, body: body.into() });
    }

    /// What it was asked.
    pub fn requests(&self) -> Vec<GitRequest> {
        self.shared.requests.lock().expect("nobody panics with it").clone()
    }

    fn url(&self) -> String {
        match self.shared.tls {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    fn listen(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            mood: Mutex::new(GitMood::Documented),
            requests: Mutex::default(),
            stopped: AtomicBool::new(false),
            tls,
        });
        let serving = shared.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (stream, shared) = (stream.expect("a connection"), serving.clone());
                // A client that goes away in the middle is what some tests are about.
                thread::spawn(move || drop(session::serve(stream, &shared)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }
}

impl GitRequest {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let of_name = self.headers.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| value.as_str()).collect()
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.shared.stopped.store(true, Ordering::SeqCst);
            // Wakes it up; it ends instead of serving.
            drop(TcpStream::connect(self.address));
            thread.join().expect("it does not panic");
        }
    }
}

impl Shared {
    fn mood(&self) -> GitMood {
        self.mood.lock().expect("nobody panics with it").clone()
    }

    fn keep(&self, request: GitRequest) {
        self.requests.lock().expect("nobody panics with it").push(request);
    }
}
