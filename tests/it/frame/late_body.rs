//! Bodies that do not arrive.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use keyhall_tests::Deployment;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_given_up_on() {
    let deployment = Deployment::start().await;
    let address = deployment.url("").trim_start_matches("http://").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).expect("the server listens");
        socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
        let head = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{";
        socket.write_all(head.as_bytes()).expect("it is sent");
        let began = Instant::now();
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).expect("the server answers");
        (began.elapsed(), answer)
    });
    let (waited, answer) = answer.await.expect("it runs");
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(waited >= Duration::from_secs(9), "it had its time: {waited:?}");
}
