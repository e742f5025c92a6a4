//! Which page of a list is asked for, of what, and in which order.

use keyhall_domain::access::AccessOrder;
use keyhall_domain::grant::Grantee;
use keyhall_domain::name::NameSearch;
use keyhall_domain::page::{NamedOrder, PageNumber, PageRequest, PageSize};
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

/// The query of a list of things with names.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NamedQuery {
    /// Only those whose name has this in it, compared without case.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 100, example = "pay")]
    pub(crate) name: Option<NameSearch>,
    /// In which order: by name, or by when they were made; `-` turns it round.
    #[deserr(default)]
    #[param(value_type = Option<NamedOrder>, inline, example = "name")]
    pub(crate) sort: NamedOrder,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// The query of a list of grants.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GrantQuery {
    /// Only the one of this member (`mbr_…`), API credential (`crd_…`) or group (`grp_…`) themselves.
    #[deserr(default)]
    #[param(value_type = Option<String>, example = "grp_01k8yzj4c5e6rtb7mf9gq2w3xn")]
    pub(crate) principal: Option<Grantee>,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

/// The query of a list of who has which access.
#[derive(Debug, deserr::Deserr, IntoParams)]
#[deserr(error = Violations, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessQuery {
    /// In which order: by name, or by role, the strongest first; `-` turns it round.
    #[deserr(default)]
    #[param(value_type = Option<AccessOrder>, inline, example = "role")]
    pub(crate) sort: AccessOrder,
    /// The page, from 0.
    #[deserr(default)]
    #[param(value_type = Option<u32>, minimum = 0, example = 0)]
    page: PageNumber,
    /// How many results a page has.
    #[deserr(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 25)]
    size: PageSize,
}

impl NamedQuery {
    /// The page that is asked for.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: self.page, size: self.size }
    }
}

impl GrantQuery {
    /// The page that is asked for.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: self.page, size: self.size }
    }
}

impl AccessQuery {
    /// The page that is asked for.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: self.page, size: self.size }
    }
}
