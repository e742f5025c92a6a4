//! Keyhall as a process: the real binary in a folder of its own, started, stopped and killed.

mod place;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

pub use place::{Ended, Place};

use crate::actors::Person;
use crate::answer::Answer;

/// How long anything may take that should happen soon.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Keyhall. Dropping it stops it in order.
#[derive(Debug)]
pub struct Process {
    /// A client of nobody's.
    pub client: reqwest::Client,
    /// Its standard input, as long as nobody takes it.
    pub input: Option<ChildStdin>,
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    address: String,
    scheme: &'static str,
}

impl Process {
    /// Waits until the process that was just started serves.
    fn serving(mut child: Child) -> Self {
        let log = Arc::new(Mutex::new(String::new()));
        let reader = child.stderr.take().map(|stderr| copy(stderr, log.clone()));
        let client = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
        let input = child.stdin.take();
        let mut process = Self { client, input, child, log, reader, address: String::new(), scheme: "http" };
        wait_until("it serves", || {
            let ended = process.child.try_wait().expect("the process can be asked");
            assert!(ended.is_none(), "it ended: {}", process.log());
            let serving = process.lines().into_iter().find(|line| line["message"] == "serving");
            process.address = serving
                .map(|line| line["address"].as_str().unwrap_or_default().to_owned())
                .unwrap_or_default();
            !process.address.is_empty()
        });
        process
    }

    /// The same, spoken to by TLS with this client.
    pub fn by_tls(mut self, client: reqwest::Client) -> Self {
        (self.client, self.scheme) = (client, "https");
        self
    }

    /// Where it listens: host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The id of the process.
    pub fn id(&self) -> i32 {
        self.child.id().try_into().expect("an id of a process")
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// The lines of its log that are JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// `GET` by nobody.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::read(self.client.get(self.url(path)).send().await.expect("the server answers")).await
    }

    /// Somebody who signs in to their only account.
    pub async fn sign_in(&self, email: &str, password: &str) -> Person {
        Person::sign_in_at(&self.client, &self.url(""), email, password).await
    }

    /// Sends a signal.
    pub fn send(&self, signal: Signal) {
        kill(Pid::from_raw(self.id()), signal).expect("the process is there");
    }

    /// Waits for its end, and says how it ended and what it had logged.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut status = None;
        wait_until("it ends", || {
            status = self.child.try_wait().expect("the process can be asked");
            status.is_some()
        });
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the log is read to its end");
        }
        (status.expect("it was waited for"), self.log())
    }

    /// Asks it to stop, and waits.
    pub fn stop(self) -> (ExitStatus, String) {
        self.send(Signal::SIGTERM);
        self.end()
    }

    /// Kills it, which it cannot notice, and waits.
    pub fn kill(mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.send(Signal::SIGTERM);
            // Nothing more can be done about a failure here.
            let _ = self.child.wait();
        }
    }
}

/// Asks again and again, until it holds or the test has waited too long.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process runs; one that ended and was not waited for yet has no command line any more.
pub fn lives(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn copy(from: impl Read + Send + 'static, to: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let line = line.expect("the log is text");
            to.lock().expect("nobody panics with it").push_str(&(line + "\n"));
        }
    })
}
