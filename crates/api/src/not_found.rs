//! Paths and methods that there are not: 404, or 405 with the methods that the path has.

use actix_web::dev::ResourceDef;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::problem::{METHOD_NOT_ALLOWED, NOT_FOUND, Problem};
use crate::routes::PAGES;

/// Which methods each path has.
#[derive(Debug)]
pub(crate) struct Methods(Vec<(ResourceDef, Vec<&'static str>)>);

impl Methods {
    /// The methods of a document's paths, and of the pages, which no document lists.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let operations = document.paths.paths.iter();
        let operations = operations.map(|(path, item)| (ResourceDef::new(path.as_str()), names(item)));
        let pages = PAGES.iter().map(|path| (ResourceDef::new(*path), vec!["GET", "HEAD"]));
        Self(operations.chain(pages).collect())
    }

    fn of_path(&self, path: &str) -> Option<String> {
        let found = self.0.iter().find(|(template, _)| template.is_match(path));
        found.map(|(_, methods)| methods.join(", "))
    }
}

/// Answers whatever no route has answered.
pub(crate) async fn not_found(request: HttpRequest, methods: Data<Methods>) -> Result<HttpResponse, Problem> {
    match methods.of_path(request.path()) {
        Some(allow) => Err(Problem::new(&METHOD_NOT_ALLOWED)
            .detail(format_args!("the path has the methods {allow}"))
            .allow(allow)),
        None => {
            Err(Problem::new(&NOT_FOUND).detail("there is no such path; `/docs` lists those that there are"))
        }
    }
}

fn names(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, exists)| exists.then_some(name))
    .collect()
}
