//! The wire between a server and its PostgreSQL, which can go dead without either noticing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::database::Database;

/// A relay to a PostgreSQL. While it is dead, connections are made and nothing goes through.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    is_dead: Arc<AtomicBool>,
    ends: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    /// A wire to a PostgreSQL that listens on this port.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port_here = listener.local_addr().expect("it has one").port();
        let wire = Self { port: port_here, is_dead: Arc::default(), ends: Arc::default() };
        let (is_dead, ends) = (wire.is_dead.clone(), wire.ends.clone());
        thread::spawn(move || {
            for here in listener.incoming() {
                let here = here.expect("somebody connects");
                let mut ends = ends.lock().expect("nobody panics with it");
                if is_dead.load(Ordering::SeqCst) {
                    ends.push(here);
                    continue;
                }
                let there = TcpStream::connect(("127.0.0.1", port)).expect("PostgreSQL listens");
                for (from, to) in [(&here, &there), (&there, &here)] {
                    relay(
                        from.try_clone().expect("a handle"),
                        to.try_clone().expect("a handle"),
                        is_dead.clone(),
                    );
                }
                ends.extend([here, there]);
            }
        });
        wire
    }

    /// The same database at this end of the wire.
    pub fn database(&self) -> Database {
        Database::at(&format!("host=127.0.0.1 port={} user=keyhall dbname='postgres'", self.port))
    }

    /// From now on nothing goes through, and nobody is told.
    pub fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
    }

    /// Cuts what goes through.
    pub fn cut(&self) {
        for end in self.ends.lock().expect("nobody panics with it").drain(..) {
            // It may have been closed already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// New connections go through again; those that were made meanwhile stay dead.
    pub fn revive(&self) {
        self.is_dead.store(false, Ordering::SeqCst);
    }
}

/// Copies until one end is closed. What once met a dead wire stays lost.
fn relay(mut from: TcpStream, mut to: TcpStream, is_dead: Arc<AtomicBool>) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if is_dead.load(Ordering::SeqCst) {
                while from.read(&mut buffer).is_ok_and(|count| count > 0) {}
                break;
            }
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        thread::sleep(Duration::from_millis(1));
        let _ = to.shutdown(Shutdown::Both);
    });
}
