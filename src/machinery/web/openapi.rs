//! One `OpenAPI` 3.1 document from what each capability says of its own routes: base path, last slash, security and
//! the common problems are added once, here. And the comparison of that document with the routes that are mounted.

use std::collections::{BTreeMap, BTreeSet};

use rocket::{Route, http::Method};
use utoipa::{
    PartialSchema,
    openapi::{
        Components, Content, Header, HttpMethod, Info, ObjectBuilder, OpenApi, PathItem, Paths, Ref, RefOr, Response,
        Server, Type,
        header::HeaderBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::problem::{FieldProblem, MEDIA_TYPE, ProblemDocument};

/// Only routes below this belong into the document without saying so.
const API_PREFIX: &str = "/api/";
/// Routes below this are read with an API key instead of a session.
const PUBLIC_PREFIX: &str = "/api/public/";

/// Problems that any operation may answer: status, name of the shared response, what it means.
const COMMON: [(&str, &str, &str); 11] = [
    ("400", "BadRequest", "The request cannot be understood: its body, a parameter or the host."),
    ("401", "Unauthorized", "No credentials, or expired or wrong ones."),
    ("403", "Forbidden", "The caller is known and may not do this."),
    ("404", "NotFound", "There is nothing here for this caller."),
    ("409", "Conflict", "Somebody changed it in the meantime, or the name is taken."),
    ("413", "BodyTooLarge", "The body is larger than this address accepts."),
    ("415", "UnsupportedMediaType", "The body is not JSON."),
    ("422", "Invalid", "Some fields break a rule; `errors` names each."),
    ("429", "TooManyRequests", "Wait for the seconds in `Retry-After`."),
    ("500", "Internal", "Something went wrong in the server; its log knows the request's id."),
    ("503", "Unavailable", "Not available at the moment: wait for the seconds in `Retry-After`."),
];
/// Shared responses that say when to try again.
const WAITING: [&str; 2] = ["TooManyRequests", "Unavailable"];
/// Headers of every answer of the public API: name, whether it is a number, what it means.
const PUBLIC_HEADERS: [(&str, bool, &str); 4] = [
    ("ETag", false, "The answer's state: sent back as `If-None-Match`, an answer that is still the same is 304."),
    ("X-RateLimit-Limit", true, "Requests of the key in its minute or its day, whichever has less room."),
    ("X-RateLimit-Remaining", true, "Those that are left in it."),
    ("X-RateLimit-Reset", true, "Seconds until its oldest request leaves it."),
];

/// The document of the whole API. Each part comes with the path it is mounted at.
pub fn assemble(parts: Vec<(&str, OpenApi)>) -> OpenApi {
    let mut info = Info::new("GammaCMS", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The admin API below `/api/v1/` and the read-only public API below `/api/public/v1/`. Every answer that is \
         not a success is a problem document (RFC 9457) with a stable `code`."
            .to_owned(),
    );
    let mut whole = OpenApi::new(info, Paths::new());
    whole.servers = Some(vec![Server::new("/")]);
    whole.components = Some(common_components());
    for (base, part) in parts {
        whole = whole.nest_with_path_composer(base, part, composed);
    }
    let mut names = BTreeSet::new();
    for (path, item) in &mut whole.paths.paths {
        let method_operations = operations_mut(item);
        for (method, operation) in method_operations {
            complete(path, operation);
            let name = unique_name(operation, path, &method, &names);
            names.insert(name.clone());
            operation.operation_id = Some(name);
        }
    }
    whole
}

/// `/api/v1` and `/sites/{site}` become `/api/v1/sites/{site}/`; a file keeps its name.
fn composed(base: &str, path: &str) -> String {
    let path = format!("{}/{}", base.trim_end_matches('/'), path.trim_matches('/'));
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.') && !last.contains('{'));
    if is_file || !path.starts_with(API_PREFIX) || path.ends_with('/') { path } else { format!("{path}/") }
}

fn common_components() -> Components {
    let mut components = Components::new();
    components.schemas.insert("Problem".to_owned(), ProblemDocument::schema());
    components.schemas.insert("FieldProblem".to_owned(), FieldProblem::schema());
    for (_, name, meaning) in COMMON {
        let mut response = Response::new(meaning);
        if WAITING.contains(&name) {
            response.headers.insert("Retry-After".to_owned(), header(true, "Seconds to wait.").into());
        }
        response.content.insert(MEDIA_TYPE.to_owned(), Content::new(Some(Ref::from_schema_name("Problem"))).into());
        components.responses.insert(name.to_owned(), RefOr::T(response));
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The `access` token of `POST /api/v1/auth/login/`."))
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for (name, key) in [
        ("session", ApiKey::Cookie(described("__Host-gammacms_session", "The dashboard's session."))),
        ("csrf", ApiKey::Header(described("X-CSRF-Token", "Repeats `csrf_token` of `GET /api/v1/auth/me/`."))),
        ("api_key", ApiKey::Header(described("X-API-Key", "A key of the public API, `pk_...`."))),
        ("organization", ApiKey::Header(described("X-Organization-ID", "The organization's id."))),
    ] {
        components.add_security_scheme(name, SecurityScheme::ApiKey(key));
    }
    components
}

fn header(is_number: bool, meaning: &str) -> Header {
    let kind = if is_number { Type::Integer } else { Type::String };
    let schema = ObjectBuilder::new().schema_type(kind).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some(meaning)).build()
}

/// Adds what every answer of the public API has, and the one that says that nothing is new.
fn complete_public(operation: &mut Operation) {
    let headers: BTreeMap<String, RefOr<Header>> = PUBLIC_HEADERS
        .iter()
        .map(|(name, is_number, meaning)| ((*name).to_owned(), header(*is_number, meaning).into()))
        .collect();
    let mut unchanged = Response::new("What the `ETag` in `If-None-Match` was given with is still the answer.");
    unchanged.headers.clone_from(&headers);
    operation.responses.responses.entry("304".to_owned()).or_insert(RefOr::T(unchanged));
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        answer.headers.extend(headers);
    }
}

fn described(name: &str, description: &str) -> ApiKeyValue {
    ApiKeyValue::with_description(name, description)
}

/// Adds what every operation has in common, where it says nothing else itself.
fn complete(path: &str, operation: &mut Operation) {
    if path.starts_with(PUBLIC_PREFIX) {
        complete_public(operation);
    }
    if path.starts_with(API_PREFIX) {
        for (status, name, _) in COMMON {
            operation
                .responses
                .responses
                .entry(status.to_owned())
                .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
        }
    }
    if operation.security.is_some() || !path.starts_with(API_PREFIX) {
        return;
    }
    let none: [&str; 0] = [];
    operation.security = Some(if path.starts_with(PUBLIC_PREFIX) {
        vec![SecurityRequirement::new("api_key", none).add("organization", none)]
    } else {
        vec![SecurityRequirement::new("bearer", none), SecurityRequirement::new("session", none).add("csrf", none)]
    });
}

/// Handlers are named for their module (`list`, `create`); the document needs one name each.
fn unique_name(operation: &Operation, path: &str, method: &HttpMethod, taken: &BTreeSet<String>) -> String {
    let handler = operation.operation_id.clone().unwrap_or_else(|| method_name(method).to_lowercase());
    let tag = operation.tags.as_ref().and_then(|tags| tags.first()).map_or("", String::as_str);
    let name = snake(&format!("{tag} {handler}"));
    if !taken.contains(&name) {
        return name;
    }
    snake(&format!("{name} {} {path}", method_name(method)))
}

fn snake(words: &str) -> String {
    let parts = words.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

fn operations_mut(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Delete, &mut item.delete),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Head, &mut item.head),
        (HttpMethod::Options, &mut item.options),
    ]
    .into_iter()
    .filter_map(|(method, slot)| Some((method, slot.as_mut()?)))
    .collect()
}

fn method_name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Head => "HEAD",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Trace => "TRACE",
    }
}

/// Where the mounted routes and the document differ, both ways, one sentence each; empty when they agree. Parameter
/// names count too: the document's must be the route's. Routes outside `/api/` need no place in the document.
pub fn mounted_differences<'a>(routes: impl IntoIterator<Item = &'a Route>, document: &OpenApi) -> Vec<String> {
    let mounted: BTreeSet<(String, &str)> =
        routes.into_iter().map(|route| (documented_path(route.uri.path()), route.method.as_str())).collect();
    let mut document = document.clone();
    let documented: BTreeSet<(String, &str)> = document
        .paths
        .paths
        .iter_mut()
        .flat_map(|(path, item)| {
            operations_mut(item).into_iter().map(|(method, _)| (normalized(path), method_name(&method)))
        })
        .collect();
    let undocumented = mounted
        .iter()
        .filter(|(path, method)| {
            path.starts_with(API_PREFIX)
                && *method != Method::Options.as_str()
                && !documented.contains(&(path.clone(), *method))
        })
        .map(|(path, method)| format!("{method} {path} is mounted and not in the document"));
    let missing = documented
        .iter()
        .filter(|key| !mounted.contains(*key))
        .map(|(path, method)| format!("{method} {path} is in the document and not mounted"));
    undocumented.chain(missing).collect()
}

/// `/sites/<site>/<path..>` as `OpenAPI` writes it: `/sites/{site}/{path}`.
fn documented_path(template: &str) -> String {
    let path = template.replace("..>", ">").replace('<', "{").replace('>', "}");
    normalized(&path)
}

fn normalized(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use rocket::{get, post, routes};
    use serde_json::Value;
    use utoipa::OpenApi as _;

    use super::*;

    #[utoipa::path(tag = "Sites", params(("site" = String, Path)), responses((status = 200, body = String)))]
    #[get("/sites/<site>")]
    fn one(site: &str) -> String {
        site.to_owned()
    }

    #[utoipa::path(tag = "Sites", responses((status = 201, body = String)))]
    #[post("/sites")]
    fn create() -> String {
        String::new()
    }

    #[utoipa::path(tag = "Public", params(("site" = String, Path)), responses((status = 200, body = String)))]
    #[get("/sites/<site>")]
    fn public_one(site: String) -> String {
        site
    }

    #[utoipa::path(tag = "Accounts", security(()), responses((status = 200, body = String)))]
    #[post("/login")]
    fn login() -> String {
        String::new()
    }

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(one, create, login))]
    struct Admin;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(public_one))]
    struct Public;

    fn document() -> OpenApi {
        assemble(vec![("/api/v1", Admin::openapi()), ("/api/public/v1", Public::openapi())])
    }

    #[test]
    fn the_document_is_complete() {
        let document: Value = serde_json::from_str(&document().to_json().unwrap()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let paths = document["paths"].as_object().unwrap();
        let known: Vec<&str> = paths.keys().map(String::as_str).collect();
        assert_eq!(
            known,
            ["/api/public/v1/sites/{site}/", "/api/v1/login/", "/api/v1/sites/", "/api/v1/sites/{site}/"]
        );
        let one = &paths["/api/v1/sites/{site}/"]["get"];
        assert_eq!(one["operationId"], "sites_one");
        assert_eq!(one["responses"]["404"]["$ref"], "#/components/responses/NotFound");
        assert!(one["responses"]["200"]["content"].is_object());
        assert!(one["security"][0]["bearer"].is_array());
        assert!(paths["/api/public/v1/sites/{site}/"]["get"]["security"][0]["api_key"].is_array());
        let public = &paths["/api/public/v1/sites/{site}/"]["get"]["responses"];
        assert_eq!(public["200"]["headers"]["X-RateLimit-Limit"]["schema"]["type"], "integer");
        assert!(public["304"]["headers"]["ETag"].is_object() && one["responses"]["304"].is_null());
        let waiting = &document["components"]["responses"]["Unavailable"]["headers"];
        assert_eq!(
            (waiting["Retry-After"].is_object(), &one["responses"]["503"]["$ref"]),
            (true, &serde_json::json!("#/components/responses/Unavailable"))
        );
        assert_eq!(paths["/api/v1/login/"]["post"]["security"], serde_json::json!([{}]));
        let content = &document["components"]["responses"]["Conflict"]["content"]["application/problem+json"];
        assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem");
        assert!(document["components"]["schemas"]["Problem"]["properties"]["type"].is_object());
    }

    #[test]
    fn routes_and_document_are_compared_both_ways() {
        let rocket =
            rocket::build().mount("/api/v1", routes![one, create, login]).mount("/api/public/v1", routes![public_one]);
        assert_eq!(mounted_differences(rocket.routes(), &document()), Vec::<String>::new());
        let rocket = rocket::build().mount("/api/v1", routes![one, create, login]);
        assert_eq!(
            mounted_differences(rocket.routes(), &document()),
            ["GET /api/public/v1/sites/{site} is in the document and not mounted"]
        );
        let rocket = rocket.mount("/api/public/v1", routes![public_one]).mount("/api/v2", routes![create]);
        assert_eq!(
            mounted_differences(rocket.routes(), &document()),
            ["POST /api/v2/sites is mounted and not in the document"]
        );
    }
}
