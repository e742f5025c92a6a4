//! What the server answered, easy to ask about.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A response, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` when there is none, a string when it is no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Reads a response.
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the body arrives");
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        };
        Self { status, headers, body, text }
    }

    /// The answer, if it has this status; otherwise the test ends here and shows what came.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }

    /// The problem, if it has this status and this code; otherwise the test ends here and shows what came.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let kind = format!("https://keyhall.example/problems/{code}");
        assert_eq!(
            (self.status, self.body["type"].as_str()),
            (status, Some(kind.as_str())),
            "{:#}",
            self.body
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.text("requestId"), self.header("x-request-id"));
        self
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A text of the body.
    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {:#}", self.body)).to_owned()
    }

    /// The id of the entity.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text("id")
    }

    /// The fields of the violations, sorted.
    pub fn violated(&self) -> Vec<String> {
        let violations = self.body["violations"].as_array().cloned().unwrap_or_default();
        let mut fields: Vec<_> = violations
            .iter()
            .map(|violation| violation["field"].as_str().unwrap_or_default().to_owned())
            .collect();
        fields.sort();
        fields
    }
}
