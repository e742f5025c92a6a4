//! A mail server (RFC 5321) that keeps what it is sent, with STARTTLS (RFC 3207), TLS and AUTH PLAIN (RFC 4954), and with the
//! moods that mail servers have.

mod session;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::mail::ReceivedMail;
use crate::process::wait_until;

/// What the server does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Takes,
    /// Answers the recipient's address with this code.
    Answers(u16),
    /// Answers the recipient's address with a refusal by policy.
    Blocks,
    /// Answers the sign-in with this code.
    AnswersSignIn(u16),
    /// Takes it, and cuts the connection instead of saying so.
    TakesAndBreaks,
    /// Takes it, and says so only once the mood has changed.
    TakesAndWaits,
}

/// How the server protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    Plain,
    /// By STARTTLS, before which it takes no mail.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// What arrived, and how.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// Whether the connection was protected.
    pub over_tls: bool,
    /// User and password.
    pub signed_in: Option<(String, String)>,
    /// The mail.
    pub mail: ReceivedMail,
}

/// A mail server on loopback. Dropping it stops it.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    mood: Mutex<Mood>,
    arrivals: Mutex<Vec<Arrival>>,
    connections: AtomicUsize,
    stopped: AtomicBool,
    protection: Protection,
    tls: Option<Arc<ServerConfig>>,
}

impl SmtpServer {
    /// A server that takes everything, unprotected.
    pub fn start() -> Self {
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0)), Protection::Plain, None)
    }

    /// A protected server with this certificate and key, as PEM.
    pub fn protected(protection: Protection, certificate: &str, key: &str) -> Self {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let tls = ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate with its key");
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0)), protection, Some(Arc::new(tls)))
    }

    /// A server where one was before.
    pub fn again_at(address: SocketAddr) -> Self {
        Self::listen(address, Protection::Plain, None)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without protection.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Changes what it does with mails from now on.
    pub fn set_mood(&self, mood: Mood) {
        *self.shared.mood.lock().expect("nobody panics with it") = mood;
    }

    /// What has arrived.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.shared.arrivals.lock().expect("nobody panics with it").clone()
    }

    /// Waits until this many mails have arrived, and hands out all that have.
    pub fn wait_for(&self, count: usize) -> Vec<Arrival> {
        wait_until("the mails arrive", || self.arrivals().len() >= count);
        self.arrivals()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Stops listening.
    pub fn stop(mut self) {
        self.end();
    }

    fn listen(address: SocketAddr, protection: Protection, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Takes),
            arrivals: Mutex::default(),
            connections: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            protection,
            tls,
        });
        let serving = shared.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (stream, shared) = (stream.expect("a connection"), serving.clone());
                shared.connections.fetch_add(1, Ordering::SeqCst);
                // A client that goes away in the middle is what some tests are about.
                thread::spawn(move || drop(session::serve(stream, &shared)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.shared.stopped.store(true, Ordering::SeqCst);
            // Wakes it up; it ends instead of serving.
            drop(TcpStream::connect(self.address));
            thread.join().expect("it does not panic");
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn mood(&self) -> Mood {
        *self.mood.lock().expect("nobody panics with it")
    }

    fn keep(&self, arrival: Arrival) {
        self.arrivals.lock().expect("nobody panics with it").push(arrival);
    }

    fn wait_while(&self, mood: Mood) {
        while self.mood() == mood && !self.stopped.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}
