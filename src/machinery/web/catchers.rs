//! What is answered where no route did: an unknown path, a wrong method, a refused guard, a panic. The same shape as
//! every other problem.

use rocket::{
    Catcher, Request, Route, catch,
    http::{Method, Status},
};

use super::{problem::Problem, request::Context};

/// The catchers to register at `/`.
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![fallback]
}

#[catch(default)]
fn fallback(status: Status, request: &Request<'_>) -> Problem {
    let context = Context::of(request);
    if let Some(problem) = context.take_problem(status.code) {
        return problem;
    }
    match status.code {
        400 => Problem::listed("bad_request", "The request cannot be understood. Check its address and headers."),
        401 => Problem::unauthorized("Sign in, or send an access token in the header `Authorization: Bearer ...`."),
        403 => Problem::forbidden("You may not do this. Ask an owner of the organization for the permission."),
        404 => not_found(request),
        409 => Problem::conflict("Somebody changed this in the meantime. Load it again."),
        413 => Problem::listed("body_too_large", "Send less at once."),
        415 => {
            Problem::listed("unsupported_media_type", "Send JSON, with the header `Content-Type: application/json`.")
        }
        422 => Problem::listed("invalid", "Some values are not valid. Check them and send the request again."),
        429 => Problem::too_many_requests(1),
        500 => {
            Problem::listed("internal", "The server could not do this. Its log has the reason under this request's id.")
        }
        503 => Problem::unavailable("The server cannot do this at the moment. Try again shortly.", 1),
        other => {
            let title = status.reason().unwrap_or("The request was refused");
            let code = if other < 500 { "bad_request" } else { "internal" };
            Problem::new(other, code, title, "The request was refused.")
        }
    }
}

/// Rocket answers 404 to a wrong method; RFC 9110 section 15.5.6 wants 405 with the methods that exist.
fn not_found(request: &Request<'_>) -> Problem {
    let mut methods = methods_at(request.rocket().routes(), request.uri().path().as_str());
    if methods.is_empty() || methods.contains(&request.method()) {
        return Problem::not_found();
    }
    if methods.contains(&Method::Get) {
        methods.push(Method::Head);
        if request.method() == Method::Head {
            return Problem::not_found();
        }
    }
    let allowed = allow_header(methods);
    Problem::listed("method_not_allowed", format!("This address knows {allowed}.")).with_header("Allow", allowed)
}

/// The value of `Allow` for these methods.
pub(super) fn allow_header(mut methods: Vec<Method>) -> String {
    if !methods.contains(&Method::Options) {
        methods.push(Method::Options);
    }
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// The methods that some route knows at this path. Routes whose first segment is dynamic catch everything and say
/// nothing about an address.
pub(super) fn methods_at<'a>(routes: impl Iterator<Item = &'a Route>, path: &str) -> Vec<Method> {
    routes
        .filter(|route| !route.uri.path().starts_with("/<") && is_path_of(route.uri.path(), path))
        .map(|route| route.method)
        .collect()
}

/// Whether a path fits a template such as `/sites/<site>/entries/<path..>`, with or without a last slash.
fn is_path_of(template: &str, path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    for part in template.split('/').filter(|part| !part.is_empty()) {
        if part.ends_with("..>") {
            return true;
        }
        match segments.next() {
            Some(segment) if part.starts_with('<') || part == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use rocket::{get, local::blocking::Client, post, routes};
    use serde_json::Value;

    use super::*;

    #[get("/sites/<id>")]
    fn one(id: u32) -> String {
        id.to_string()
    }

    #[post("/sites")]
    fn create() -> &'static str {
        "made"
    }

    #[get("/panic")]
    fn panics() -> &'static str {
        panic!("secret inside")
    }

    #[get("/<path..>", rank = 100)]
    #[expect(clippy::needless_pass_by_value, reason = "Rocket hands guards over by value")]
    fn site(path: std::path::PathBuf) -> Option<String> {
        path.ends_with("home").then(|| "home".to_owned())
    }

    #[test]
    fn what_no_route_answers_is_a_problem_too() {
        let rocket = rocket::build()
            .mount("/api/v1", routes![one, create, panics])
            .mount("/", routes![site])
            .register("/", catchers());
        let client = Client::untracked(rocket).unwrap();
        for (method, path, status, code, allow) in [
            (Method::Get, "/api/v1/sites/1", 200, "", None),
            (Method::Get, "/api/v1/sites/1/", 200, "", None),
            (Method::Get, "/api/v1/sites/abc", 404, "not_found", None),
            (Method::Get, "/api/v1/nothing/", 404, "not_found", None),
            (Method::Get, "/api/v1/sites/", 405, "method_not_allowed", Some("OPTIONS, POST")),
            (Method::Delete, "/api/v1/sites/1/", 405, "method_not_allowed", Some("GET, HEAD, OPTIONS")),
            (Method::Post, "/somewhere/else", 404, "not_found", None),
            (Method::Get, "/api/v1/panic", 500, "internal", None),
        ] {
            let response = client.req(method, path).dispatch();
            assert_eq!(response.status().code, status, "{method} {path}");
            assert_eq!(response.headers().get_one("Allow"), allow, "{method} {path}");
            if status != 200 {
                let text = response.into_string().unwrap();
                assert!(!text.contains("secret"));
                assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["code"], code, "{method} {path}");
            }
        }
    }

    #[test]
    fn a_template_fits_its_paths() {
        for (template, path, fits) in [
            ("/a/<b>/c", "/a/1/c", true),
            ("/a/<b>/c", "/a/1/c/", true),
            ("/a/<b>/c", "/a/1", false),
            ("/a/<b>", "/a/1/c", false),
            ("/a/<rest..>", "/a", true),
            ("/a/<rest..>", "/a/b/c", true),
            ("/", "/", true),
        ] {
            assert_eq!(is_path_of(template, path), fits, "{template} {path}");
        }
    }
}
