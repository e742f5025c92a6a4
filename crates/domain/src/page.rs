//! Pages of lists.

use serde::Serialize;

use crate::violation::Violations;

/// The page that is asked for, counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> PageError)]
pub struct PageNumber(u32);

/// How many results a page has: 1 to 100, by default 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq, deserr::Deserr)]
#[deserr(error = Violations, try_from(&String) = std::str::FromStr::from_str -> PageError)]
pub struct PageSize(u8);

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The page, from 0.
    pub page: PageNumber,
    /// How many results it has at most.
    pub size: PageSize,
}

/// In which order things with a name are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, deserr::Deserr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[deserr(error = Violations)]
pub enum NamedOrder {
    /// By name, compared without case.
    #[deserr(rename = "name")]
    #[cfg_attr(feature = "openapi", schema(rename = "name"))]
    Name,
    /// By name, backwards.
    #[deserr(rename = "-name")]
    #[cfg_attr(feature = "openapi", schema(rename = "-name"))]
    NameDescending,
    /// Who was made first comes first.
    #[deserr(rename = "createdAt")]
    #[cfg_attr(feature = "openapi", schema(rename = "createdAt"))]
    Oldest,
    /// Who was made last comes first.
    #[default]
    #[deserr(rename = "-createdAt")]
    #[cfg_attr(feature = "openapi", schema(rename = "-createdAt"))]
    Newest,
}

/// One page of a list; past the end it is empty.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The page's number, from 0.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub page: u32,
    /// What is on it.
    pub results: Vec<T>,
    /// The size that was asked for.
    #[cfg_attr(feature = "openapi", schema(example = 25, minimum = 1, maximum = 100))]
    pub size: u32,
    /// How many there are on all pages together, counting only what the caller may see.
    #[cfg_attr(feature = "openapi", schema(example = 1, minimum = 0))]
    pub total: i64,
}

/// Why a text is not a page number or a page size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not a whole number from 0.
    #[error("must be a whole number from 0 to 4294967295")]
    Number,
    /// Not a whole number from 1 to 100.
    #[error("must be a whole number from 1 to 100")]
    Size,
}

impl PageRequest {
    /// How many results come before the page.
    pub fn offset(self) -> i64 {
        i64::from(self.page.0) * i64::from(self.size.0)
    }

    /// How many results the page has at most.
    pub fn limit(self) -> i64 {
        i64::from(self.size.0)
    }

    /// The page, with what was found.
    pub fn page<T>(self, results: Vec<T>, total: i64) -> Page<T> {
        Page { page: self.page.0, results, size: u32::from(self.size.0), total }
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(25)
    }
}

impl PageSize {
    /// The size as a number, 1 to 100.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl std::str::FromStr for PageNumber {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        digits(text).and_then(|text| text.parse().ok()).map(Self).ok_or(PageError::Number)
    }
}

impl std::str::FromStr for PageSize {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        match digits(text).and_then(|text| text.parse().ok()) {
            Some(size @ 1..=100) => Ok(Self(size)),
            _ => Err(PageError::Size),
        }
    }
}

/// The text, when it is digits and nothing else (`parse` would take a `+`).
fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_end_at_1_and_100() {
        assert!("1".parse::<PageSize>().is_ok() && "100".parse::<PageSize>().is_ok());
        for wrong in ["0", "101", "-1", "+5", "", "1.0", "356", "ten"] {
            assert_eq!(wrong.parse::<PageSize>(), Err(PageError::Size), "{wrong}");
        }
    }

    #[test]
    fn the_last_possible_page_does_not_overflow() {
        let request = PageRequest { page: "4294967295".parse().unwrap(), size: "100".parse().unwrap() };
        assert_eq!(request.offset(), 429_496_729_500);
        assert_eq!("-1".parse::<PageNumber>(), Err(PageError::Number));
    }
}
