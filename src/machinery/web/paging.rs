//! Lists in pages: `{count, next, previous, results}`, the shape that the public API's customers read today.

use rocket::{
    Request,
    request::{FromRequest, Outcome},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    hosts::address_of_request,
    problem::{Problem, refuse},
    query::UrlQuery,
};

/// Entries of a page where the client names no number.
pub const DEFAULT_PAGE_SIZE: u32 = 50;
/// Most entries of a page: keeps an answer below a megabyte and its query below ten milliseconds.
pub const LARGEST_PAGE_SIZE: u32 = 200;
/// Highest page: beyond it the database would count through millions of rows.
const LAST_PAGE: u32 = 100_000;
/// The parameters that this guard reads, for [`UrlQuery::refuse_unknown`].
pub const PARAMETERS: [&str; 2] = ["page", "page_size"];

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// Address of the next page.
    #[schema(required = true)]
    pub next: Option<String>,
    /// Address of the previous page.
    #[schema(required = true)]
    pub previous: Option<String>,
    /// What stands on this page.
    pub results: Vec<T>,
}

impl<T> Page<T> {
    /// The page that was asked for, with the addresses of its neighbours.
    pub fn new(request: &PageRequest, count: u64, results: Vec<T>) -> Self {
        let is_last = u64::from(request.page) * u64::from(request.page_size) >= count;
        Self {
            count,
            next: (!is_last).then(|| request.address_of(request.page + 1)),
            previous: (request.page > 1).then(|| request.address_of(request.page - 1)),
            results,
        }
    }
}

/// Which page the client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    page: u32,
    page_size: u32,
    address: String,
}

impl PageRequest {
    /// Reads `page` and `page_size` from the query; `address` is the list's own address without a query.
    pub fn read(query: &UrlQuery<'_>, raw_query: &str, address: &str) -> Result<Self, Problem> {
        let page = bounded(query, "page", 1, LAST_PAGE)?;
        let page_size = bounded(query, "page_size", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)?;
        let mut address = format!("{address}?");
        for pair in raw_query.split('&') {
            if !pair.is_empty() && pair != "page" && !pair.starts_with("page=") {
                address.push_str(pair);
                address.push('&');
            }
        }
        Ok(Self { page, page_size, address })
    }

    /// The page, counted from 1.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// For `limit ?`.
    pub fn limit(&self) -> i64 {
        i64::from(self.page_size)
    }

    /// For `offset ?`.
    pub fn offset(&self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.page_size)
    }

    fn address_of(&self, page: u32) -> String {
        format!("{}page={page}", self.address)
    }
}

fn bounded(query: &UrlQuery<'_>, name: &str, default: u32, most: u32) -> Result<u32, Problem> {
    let expected = format!("a whole number from 1 to {most}");
    match query.parsed::<u32>(name, &expected)? {
        None => Ok(default),
        Some(value) if (1..=most).contains(&value) => Ok(value),
        Some(_) => Err(Problem::parameter_invalid(name, format!("`{name}` must be {expected}."))),
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PageRequest {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        let raw = request.uri().query().map_or("", |query| query.as_str());
        match Self::read(&UrlQuery::parse(raw), raw, &address_of_request(request)) {
            Ok(page) => Outcome::Success(page),
            Err(problem) => refuse(request, problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<PageRequest, Problem> {
        PageRequest::read(&UrlQuery::parse(raw), raw, "https://cms.example/api/public/v1/sites/")
    }

    #[test]
    fn neighbours_keep_the_other_parameters() {
        let request = read("domain=a%20b&page=2&page_size=10").unwrap();
        assert_eq!((request.limit(), request.offset()), (10, 10));
        let page = Page::new(&request, 21, vec!["x"]);
        let base = "https://cms.example/api/public/v1/sites/?domain=a%20b&page_size=10";
        assert_eq!(page.next, Some(format!("{base}&page=3")));
        assert_eq!(page.previous, Some(format!("{base}&page=1")));
    }

    #[test]
    fn the_only_page_has_no_neighbours() {
        let page = Page::new(&read("").unwrap(), 50, vec![(); 50]);
        assert_eq!((page.next, page.previous), (None, None));
    }

    #[test]
    fn a_page_outside_its_bounds_is_refused() {
        for raw in ["page=0", "page=-1", "page=x", "page_size=201", "page_size=0", "page=100001"] {
            let problem = read(raw).unwrap_err();
            assert_eq!((problem.status, problem.code), (400, "invalid_parameter"), "{raw}");
        }
    }
}
