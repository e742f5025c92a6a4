//! A deployment: a real server on a real port, with its own database and its own clock.

use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use jiff::{SignedDuration, Timestamp};
use keyhall_api::{Limits, Mailer, Metrics, PublicUrl, ServerOptions, TrustedProxies};
use keyhall_credential::master_key::MasterKey;
use keyhall_credential::password::PasswordParameters;
use keyhall_domain::audit::Retention;
use keyhall_domain::session::SessionLifetimes;
use keyhall_outbound::{GitProviderOptions, GitProviders, Sender, TrustedAuthorities};
use keyhall_storage::{Clock, LinkDelivery, PoolOptions, Store, StoreOptions};
use serde_json::json;

use crate::actors::Account;
use crate::answer::Answer;
use crate::database::Database;
use crate::git_server::GitServer;
use crate::smtp::SmtpServer;

/// The URL under which deployments say that they are.
const PUBLIC_URL: &str = "https://keyhall.example";

/// What a test's deployment may differ in.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many connections the pool has.
    pub pool_size: u32,
    /// How many passwords are hashed at the same time.
    pub password_concurrency: usize,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How links reach those whom they are for.
    pub link_delivery: LinkDelivery,
    /// Whose word on a caller's address counts.
    pub trusted_proxies: TrustedProxies,
    /// How much one request and one caller may take.
    pub limits: Limits,
    /// How long audit events are kept.
    pub audit_retention: Retention,
    /// How long a question to a Git provider may take.
    pub git_timeout: Duration,
}

/// A running Keyhall.
#[derive(Debug)]
pub struct Deployment {
    /// Its clock, which stands until it is moved.
    pub clock: Clock,
    /// Its database.
    pub database: Database,
    /// Its store, for what the operator does.
    pub store: Store,
    /// A client of nobody's.
    pub client: reqwest::Client,
    /// The Git provider that it asks, GitHub and GitLab in one.
    pub git: GitServer,
    url: String,
    handle: ServerHandle,
}

impl Deployment {
    /// A deployment with nobody in it.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A deployment that sends its links by mail.
    pub async fn with_mail() -> Self {
        Self::start_with(Options { link_delivery: LinkDelivery::Mail, ..Options::default() }).await
    }

    /// A deployment that differs.
    pub async fn start_with(options: Options) -> Self {
        Self::on(Database::migrated(), Clock::manual(Timestamp::now()), &options).await
    }

    /// A deployment on a database that exists: a second server, or one that starts again.
    pub async fn on(database: Database, clock: Clock, options: &Options) -> Self {
        let key = MasterKey::parse("3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=").expect("a key");
        let store_options = StoreOptions {
            database_url: database.url().to_owned(),
            pool: PoolOptions {
                size: options.pool_size,
                acquire_timeout: options.acquire_timeout,
                statement_timeout: options.statement_timeout,
                ..PoolOptions::default()
            },
            clock: clock.clone(),
            passwords: PasswordParameters::default(),
            password_concurrency: options.password_concurrency,
            session_lifetimes: SessionLifetimes::default(),
            link_delivery: options.link_delivery,
            audit_retention: options.audit_retention,
        };
        let opening = tokio::task::spawn_blocking(move || Store::open(store_options, &key));
        let store = opening.await.expect("it runs").expect("the store opens");
        let git = GitServer::start();
        let (address, handle) = serve(store.clone(), options, &git);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        Self { clock, database, store, client, git, url: format!("http://{address}"), handle }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// An account with its first Super Admin, signed in.
    pub async fn account(&self, name: &str) -> Account {
        Account::bootstrap(self, name).await
    }

    /// Tries to sign in from an address of loopback (`127.0.0.1`, or another of `127.0.0.0/8`).
    pub async fn sign_in_from(&self, address: &str, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        let request = client_from(address).post(self.url("/v1/sessions")).json(&body);
        Answer::read(request.send().await.expect("the server answers")).await
    }

    /// What sends this deployment's mail through a mail server, when it is told to.
    pub fn mailer(&self, server: &SmtpServer) -> Mailer {
        self.mailer_to(&server.url())
    }

    /// The same for the mail server at a URL.
    pub fn mailer_to(&self, url: &str) -> Mailer {
        let from = "Keyhall <keyhall@example.org>".parse().expect("an address");
        let server = url.parse().expect("the URL of a mail server");
        let sender = Sender::by_smtp(from, &server, &TrustedAuthorities::default()).expect("a sender");
        self.mailer_with(sender)
    }

    /// The same with any sender.
    pub fn mailer_with(&self, sender: Sender) -> Mailer {
        Mailer { store: self.store.clone(), sender, public_url: PublicUrl::new(PUBLIC_URL) }
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pool_size: 4,
            password_concurrency: 2,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(20),
            link_delivery: LinkDelivery::Caller,
            trusted_proxies: TrustedProxies::default(),
            // A test is quicker than anybody who means well.
            limits: Limits { requests_per_minute: 1_000_000, ..Limits::default() },
            audit_retention: Retention::default(),
            git_timeout: Duration::from_secs(20),
        }
    }
}

/// A client that calls from an address of loopback.
pub(crate) fn client_from(address: &str) -> reqwest::Client {
    let address: IpAddr = address.parse().expect("an address");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).local_address(address);
    client.build().expect("a client")
}

/// Serves on a thread of its own until the handle says stop.
fn serve(store: Store, options: &Options, git: &GitServer) -> (SocketAddr, ServerHandle) {
    let (sender, receiver) = mpsc::channel();
    let (limits, trusted_proxies) = (options.limits, options.trusted_proxies.clone());
    let git = GitProviderOptions { timeout: options.git_timeout, ..git.options() };
    let git_providers = GitProviders::new(git).expect("authorities that are ones");
    thread::spawn(move || {
        System::new().block_on(async move {
            let options = ServerOptions {
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                public_url: PublicUrl::new(PUBLIC_URL),
                workers: 1,
                shutdown_timeout: Duration::from_secs(1),
                tls: None,
                trusted_proxies,
                limits,
                git_providers,
            };
            let (server, address) =
                keyhall_api::bind(&options, store, Metrics::new()).expect("a port is free");
            sender.send((address, server.handle())).expect("the test waits");
            server.await.expect("the server runs");
        });
    });
    receiver.recv().expect("the server starts")
}
