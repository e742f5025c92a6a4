//! Ending in order: what is under way is answered, what is new is not taken.

use std::net::TcpStream;

use keyhall_tests::{Database, Place, wait_until};
use nix::sys::signal::Signal;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_before_the_end() {
    let database = Database::migrated();
    let place = Place::on(&database);
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", made["password"].as_str().unwrap()).await;

    let lock = database.lock("projects");
    let asked = tokio::spawn(async move { ada.get("/v1/projects").await });
    wait_until("the request waits", || database.connections("wait_event_type = 'Lock'") == 1);
    process.send(Signal::SIGTERM);
    wait_until("nobody is let in", || TcpStream::connect(process.address()).is_err());
    drop(lock);
    assert_eq!(asked.await.unwrap().expect(200).body["total"], 0);
    let (status, log) = process.end();
    assert!(status.success(), "{log}");
}
