//! One connection of a mail client.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::{ServerConnection, StreamOwned};

use super::{Arrival, Mood, Protection, Shared};
use crate::mail::ReceivedMail;

/// What is known of the client so far.
#[derive(Debug, Default)]
struct Session {
    over_tls: bool,
    signed_in: Option<(String, String)>,
    from: Option<String>,
    to: Option<String>,
}

/// Whether the connection goes on after a command.
enum Next {
    Command,
    StartTls,
    End,
}

/// Serves a client to its end.
pub(super) fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut session = Session::default();
    if shared.protection == Protection::Tls {
        return talk_by_tls(stream, shared, &mut session, true);
    }
    let mut stream = stream;
    match talk(&mut stream, shared, &mut session, true)? {
        Next::StartTls => talk_by_tls(stream, shared, &mut Session::default(), false),
        Next::Command | Next::End => Ok(()),
    }
}

fn talk_by_tls(stream: TcpStream, shared: &Shared, session: &mut Session, greet: bool) -> io::Result<()> {
    let tls = shared.tls.clone().expect("a protected server has a certificate");
    let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
    session.over_tls = true;
    talk(&mut StreamOwned::new(connection, stream), shared, session, greet).map(drop)
}

fn talk(
    stream: &mut (impl Read + Write),
    shared: &Shared,
    session: &mut Session,
    greet: bool,
) -> io::Result<Next> {
    if greet {
        say(stream, "220 mail.example ESMTP")?;
    }
    loop {
        let line = read_line(stream)?;
        match session.obey(stream, shared, &line)? {
            Next::Command => {}
            next => return Ok(next),
        }
    }
}

impl Session {
    fn obey(&mut self, stream: &mut (impl Read + Write), shared: &Shared, line: &str) -> io::Result<Next> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let must_protect = shared.protection == Protection::StartTls && !self.over_tls;
        match command.to_ascii_uppercase().as_str() {
            "EHLO" => {
                let offer = if must_protect { "STARTTLS" } else { "AUTH PLAIN" };
                say(stream, &format!("250-mail.example\r\n250-8BITMIME\r\n250 {offer}"))?;
            }
            "STARTTLS" if must_protect => {
                say(stream, "220 go ahead")?;
                return Ok(Next::StartTls);
            }
            "QUIT" => {
                say(stream, "221 bye")?;
                return Ok(Next::End);
            }
            "NOOP" | "RSET" => say(stream, "250 ok")?,
            _ if must_protect => say(stream, "530 must issue a STARTTLS command first")?,
            command => return self.converse(stream, shared, (command, rest)),
        }
        Ok(Next::Command)
    }

    fn converse(
        &mut self,
        stream: &mut (impl Read + Write),
        shared: &Shared,
        (command, rest): (&str, &str),
    ) -> io::Result<Next> {
        match command {
            "AUTH" => self.sign_in(stream, shared, rest)?,
            "MAIL" => {
                self.from = Some(address(rest));
                say(stream, "250 ok")?;
            }
            "RCPT" => match shared.mood() {
                Mood::Blocks => say(stream, "550 5.7.1 relaying is not allowed")?,
                Mood::Answers(code) => say(stream, &format!("{code} about <{}>, no", address(rest)))?,
                _ => {
                    self.to = Some(address(rest));
                    say(stream, "250 ok")?;
                }
            },
            "DATA" if self.to.is_some() => return self.take(stream, shared),
            _ => say(stream, "503 bad sequence of commands")?,
        }
        Ok(Next::Command)
    }

    fn sign_in(&mut self, stream: &mut impl Write, shared: &Shared, rest: &str) -> io::Result<()> {
        if let Mood::AnswersSignIn(code) = shared.mood() {
            return say(stream, &format!("{code} no"));
        }
        let encoded = rest.strip_prefix("PLAIN ").unwrap_or_default();
        let decoded = STANDARD.decode(encoded).map_err(io::Error::other)?;
        let parts: Vec<_> = decoded.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let [_, user, password] = parts.as_slice() else { return say(stream, "501 not so") };
        self.signed_in = Some((user.to_string(), password.to_string()));
        say(stream, "235 welcome")
    }

    fn take(&mut self, stream: &mut (impl Read + Write), shared: &Shared) -> io::Result<Next> {
        say(stream, "354 go ahead")?;
        let mut raw = String::new();
        loop {
            let line = read_line(stream)?;
            match line.strip_prefix('.') {
                Some("") => break,
                Some(stuffed) => raw.push_str(stuffed),
                None => raw.push_str(&line),
            }
            raw.push_str("\r\n");
        }
        let (from, to) = (self.from.take().unwrap_or_default(), self.to.take().unwrap_or_default());
        let (over_tls, signed_in) = (self.over_tls, self.signed_in.clone());
        shared.keep(Arrival { from, to, over_tls, signed_in, mail: ReceivedMail::new(raw) });
        shared.wait_while(Mood::TakesAndWaits);
        if shared.mood() == Mood::TakesAndBreaks {
            return Ok(Next::End);
        }
        say(stream, "250 taken")?;
        Ok(Next::Command)
    }
}

fn say(stream: &mut impl Write, line: &str) -> io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes())?;
    stream.flush()
}

fn read_line(stream: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte)?;
        match byte {
            [b'\n'] if line.ends_with(b"\r") => break,
            [byte] => line.push(byte),
        }
    }
    line.pop();
    String::from_utf8(line).map_err(io::Error::other)
}

/// What stands between the angle brackets.
fn address(rest: &str) -> String {
    let inside = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
