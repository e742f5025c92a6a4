//! Which page of a list is asked for.

use keyhall_domain::page::{PageNumber, PageRequest, PageSize};
use keyhall_domain::violation::Violations;
use utoipa::IntoParams;

/// The query of a list that has nothing but pages.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

impl PageQuery {
    /// The page that is asked for.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: self.page, size: self.size }
    }
}
