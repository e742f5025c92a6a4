//! Query strings: every parameter known, each once, all mistakes told at once.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use deserr::Deserr;
use keyhall_domain::violation::Violations;
use serde_json::{Map, Value};

use crate::gate::Gate;
use crate::problem::Problem;

/// The parameters of a query, parsed like a body whose fields are all texts.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: Deserr<Violations> + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (gate, query) = (Gate::of(request), request.query_string().to_owned());
        Box::pin(async move {
            gate.pass().await;
            parse(&query).map(Self)
        })
    }
}

fn parse<T: Deserr<Violations>>(query: &str) -> Result<T, Problem> {
    let mut parameters = Map::new();
    let mut repeated: Option<Violations> = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.to_string(), Value::String(value.into_owned())).is_some() {
            let violation = Violations::one(name, "must stand only once");
            repeated = Some(match repeated {
                Some(others) => others.with(violation),
                None => violation,
            });
        }
    }
    let parsed = deserr::deserialize::<T, _, Violations>(Value::Object(parameters));
    match (repeated, parsed) {
        (None, parsed) => parsed.map_err(Problem::invalid),
        (Some(repeated), Ok(_)) => Err(Problem::invalid(repeated)),
        (Some(repeated), Err(others)) => Err(Problem::invalid(repeated.with(others))),
    }
}
