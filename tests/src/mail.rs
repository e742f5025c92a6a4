//! A mail that arrived, read as a mail program reads it.

use mail_parser::{HeaderValue, Message, MessageParser};

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    raw: String,
}

impl ReceivedMail {
    /// A mail as it came over the wire or stands in a file.
    pub fn new(raw: String) -> Self {
        Self { raw }
    }

    /// All of it.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text of a header that stands there once.
    pub fn header(&self, name: &str) -> String {
        let message = self.parsed();
        let headers: Vec<_> = message.headers().iter().filter(|header| header.name() == name).collect();
        let [header] = headers.as_slice() else { panic!("not one `{name}`: {}", self.raw) };
        match header.value() {
            HeaderValue::Text(text) => text.to_string(),
            HeaderValue::Address(address) => {
                address.first().and_then(|one| one.address()).unwrap_or_default().to_owned()
            }
            other => panic!("`{name}` is {other:?}"),
        }
    }

    /// The names of its headers, in the order of the alphabet.
    pub fn header_names(&self) -> Vec<String> {
        let message = self.parsed();
        let mut names: Vec<_> = message.headers().iter().map(|header| header.name().to_owned()).collect();
        names.sort();
        names
    }

    /// What it says in plain text.
    pub fn text(&self) -> String {
        self.parsed().body_text(0).expect("it has a text").into_owned()
    }

    /// What it says in HTML.
    pub fn html(&self) -> String {
        self.parsed().body_html(0).expect("it has HTML").into_owned()
    }

    /// The one link with a secret; the same in both forms.
    pub fn link(&self) -> String {
        let of = |form: &str| {
            let mut links: Vec<_> = form
                .split(['"', '<', '>', ' ', '\r', '\n'])
                .filter(|word| word.contains("#khi_"))
                .map(str::to_owned)
                .collect();
            links.dedup();
            links
        };
        let (text, html) = (of(&self.text()), of(&self.html()));
        assert_eq!((text.len(), &text), (1, &html), "{}", self.raw);
        text[0].clone()
    }

    /// The secret of the link.
    pub fn secret(&self) -> String {
        self.link().split_once('#').expect("a fragment").1.to_owned()
    }

    fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a mail")
    }
}
