//! The document, read for the tests that walk it.

use keyhall_api::PublicUrl;
use reqwest::Method;
use serde_json::Value;

/// The methods that a path item may have, as the document spells them.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    /// Its `operationId`.
    pub(super) id: String,
    /// Its method.
    pub(super) method: Method,
    /// Its path, a template.
    pub(super) path: String,
    /// What it needs, and how.
    pub(super) right: Right,
    /// All that the document says of it.
    pub(super) spec: Value,
}

/// An operation's `x-permission`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Right {
    /// How the permission is applied.
    pub(super) mode: Mode,
    /// The permission; public operations have none.
    pub(super) permission: Option<String>,
    /// Through what it may be used; public operations do not say.
    pub(super) via: Option<String>,
}

/// How a permission is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mode {
    /// For everybody, without a credential too.
    Public,
    /// Refused without the permission.
    Require,
    /// Lists show what one may see.
    Filter,
    /// About oneself.
    Own,
    /// One's own with the permission, others' with this one.
    OwnOr(String),
}

/// The document as the server makes it.
pub(super) fn document() -> Value {
    let document = keyhall_api::document(&PublicUrl::new("https://keyhall.example"));
    serde_json::to_value(document).expect("the document is JSON")
}

/// All operations, in the order of the document.
pub(super) fn operations() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().expect("the document has paths").clone();
    paths.into_iter().flat_map(|(path, item)| operations_of(&path, &item)).collect()
}

/// All operations that need a credential.
pub(super) fn guarded() -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.right.mode != Mode::Public).collect()
}

fn operations_of(path: &str, item: &Value) -> Vec<Operation> {
    let item = item.as_object().expect("a path item is an object");
    let spoken = item.iter().filter(|(name, _)| METHODS.contains(&name.as_str()));
    spoken.map(|(method, spec)| Operation::read(path, method, spec)).collect()
}

impl Operation {
    fn read(path: &str, method: &str, spec: &Value) -> Self {
        let method = method.to_uppercase().parse().expect("a method");
        let id = spec["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}: no operationId"));
        let right = Right::read(&spec["x-permission"]).unwrap_or_else(|| panic!("{id}: no x-permission"));
        Self { id: id.to_owned(), method, path: path.to_owned(), right, spec: spec.clone() }
    }

    /// The names in braces in the path, in order.
    pub(super) fn placeholders(&self) -> Vec<String> {
        let after_brace = self.path.split('{').skip(1);
        after_brace.filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
    }

    /// Whether the path has this placeholder.
    pub(super) fn is_in(&self, placeholder: &str) -> bool {
        self.placeholders().iter().any(|name| name == placeholder)
    }

    /// The names of its parameters of a kind: `path`, `query`, `header`.
    pub(super) fn parameters(&self, kind: &str) -> Vec<String> {
        let all = self.spec["parameters"].as_array().cloned().unwrap_or_default();
        let of_kind = all.iter().filter(|parameter| parameter["in"] == kind);
        of_kind.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// The example of its JSON body, where it has a body.
    pub(super) fn example(&self) -> Option<&Value> {
        self.spec.pointer("/requestBody/content/application~1json/example")
    }

    /// Whether it has a body.
    pub(super) fn has_body(&self) -> bool {
        self.spec.get("requestBody").is_some()
    }
}

impl Right {
    fn read(value: &Value) -> Option<Self> {
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let mode = match value["mode"].as_str()? {
            "public" => Mode::Public,
            "require" => Mode::Require,
            "filter" => Mode::Filter,
            "self" => Mode::Own,
            "selfOr" => Mode::OwnOr(text("others")?),
            _ => return None,
        };
        Some(Self { mode, permission: text("name"), via: text("via") })
    }

    /// Whether only a session will do.
    pub(super) fn needs_session(&self) -> bool {
        self.via.as_deref() == Some("sessionOnly")
    }
}

impl Mode {
    /// The mode's name, as the document has it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Require => "require",
            Self::Filter => "filter",
            Self::Own => "self",
            Self::OwnOr(_) => "selfOr",
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}
