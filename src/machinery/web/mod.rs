//! Rocket's plumbing without product rules: problems, bodies, pages, cached answers, doors, `OpenAPI`, the orderly
//! stop. What a route of any capability needs so that it only parses, calls and answers.

mod addresses;
mod answers;
pub mod arriving;
mod body;
mod cached;
mod catchers;
mod cors;
pub mod csrf;
mod doors;
mod expectations;
mod headers;
mod hosts;
mod objects;
pub mod openapi;
mod paging;
mod problem;
mod query;
mod request;
pub mod server;

pub use addresses::{Network, NetworkError, TrustedProxies};
pub use answers::{Answer, Created, Empty};
pub use body::{Body, LARGEST_BODY, parse as parse_body};
pub use cached::Cached;
pub use catchers::catchers;
pub use cors::Cors;
pub use doors::Doors;
pub use headers::SecurityHeaders;
pub use hosts::{Hosts, address_of_request, host_of};
pub use paging::{DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, PARAMETERS as PAGE_PARAMETERS, Page, PageRequest};
pub use problem::{Explain, FieldProblem, MEDIA_TYPE, Problem, ProblemDocument, refuse};
pub use query::{UrlQuery, encoded, nearest};
pub use request::{ClientAddress, Context, Origin, RequestId, RequestIds, managed};
