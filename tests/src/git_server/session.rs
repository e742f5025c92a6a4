//! One connection to the provider: one request, and what the mood makes of it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use super::{GitMood, GitRequest, Shared, documented};

/// Serves a connection to its end.
pub(super) fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    match &shared.tls {
        None => answer(stream, shared),
        Some(tls) => {
            let connection = ServerConnection::new(tls.clone()).expect("a configuration that is one");
            answer(StreamOwned::new(connection, stream), shared)
        }
    }
}

fn answer(mut stream: impl Read + Write, shared: &Shared) -> io::Result<()> {
    let request = read(&mut stream)?;
    shared.keep(request.clone());
    match shared.mood() {
        GitMood::Documented => {
            let (status, body) = documented::answer(&request);
            say(&mut stream, status, None, &body)
        }
        GitMood::Says { status, header, body } => say(&mut stream, status, header.as_deref(), &body),
        GitMood::Drips => drip(&mut stream, shared),
        GitMood::Floods => flood(&mut stream, shared),
        GitMood::Cuts => Ok(()),
    }
}

fn read(stream: &mut impl Read) -> io::Result<GitRequest> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let text = String::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = text.lines();
    let line = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Ok(GitRequest { line, headers })
}

fn say(stream: &mut impl Write, status: u16, header: Option<&str>, body: &str) -> io::Result<()> {
    let header = header.map(|header| format!("{header}\r\n")).unwrap_or_default();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Because\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{header}\r\n{body}"
    )?;
    stream.flush()
}

/// One byte after the other, until the other side has had enough.
fn drip(stream: &mut impl Write, shared: &Shared) -> io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
    while !shared.stopped.load(Ordering::SeqCst) {
        stream.write_all(b" ")?;
        stream.flush()?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn flood(stream: &mut impl Write, shared: &Shared) -> io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    let chunk = " ".repeat(0x4000);
    while !shared.stopped.load(Ordering::SeqCst) {
        write!(stream, "4000\r\n{chunk}\r\n")?;
    }
    Ok(())
}
