//! The doors through which every request comes and every answer leaves: one fairing, because each costs every
//! request an allocation.

use std::sync::Arc;

use rocket::{
    Build, Data, Request, Response, Rocket, Route,
    fairing::{self, Fairing, Info, Kind},
    http::{Header, Method, uri::Origin as Address},
    route::{Handler, Outcome},
};

use super::{
    addresses::TrustedProxies,
    cors::Cors,
    headers::SecurityHeaders,
    hosts::{Hosts, host_of},
    problem::Problem,
    request::{Context, RequestIds},
    server::Drain,
};

/// Where refused requests are sent; no client reaches anything there.
const REFUSED: &str = "/-/refused";
/// Probes of load balancers name the machine's address as host.
const HOST_FREE: [&str; 4] = ["/livez", "/readyz", "/healthz", "/metrics"];

/// Everything that is done for every request, whichever capability answers it: its id and context, the host check,
/// the security headers, CORS, and the farewell while the server stops. Attach it first.
#[derive(Debug)]
pub struct Doors {
    /// Makes the requests' ids.
    pub ids: RequestIds,
    /// Whose forwarding headers are believed.
    pub proxies: TrustedProxies,
    /// Which hosts are served.
    pub hosts: Arc<Hosts>,
    /// Which pages of other origins may read the APIs.
    pub cors: Cors,
    /// Which headers browsers get.
    pub headers: SecurityHeaders,
    /// Whether the server is stopping.
    pub drain: Drain,
}

#[rocket::async_trait]
impl Fairing for Doors {
    fn info(&self) -> Info {
        Info { name: "doors", kind: Kind::Ignite | Kind::Request | Kind::Response }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let rocket = rocket.manage(Arc::clone(&self.hosts)).manage(self.drain.clone());
        Ok(rocket.manage(self.drain.presence()).mount(REFUSED, refusals()))
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let context = Context::begin(request, &self.ids, &self.proxies);
        if !self.is_host_known(request) {
            context.refuse_at_door(Problem::listed(
                "unknown_host",
                "This host is not served here. The operator can add it to ALLOWED_HOSTS, or a site can take it as its \
                 domain.",
            ));
            request.set_uri(Address::const_new(REFUSED, None));
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        self.cors.apply(request, response);
        self.headers.apply(response);
        response.set_header(Header::new("X-Request-ID", Context::of(request).request_id()));
        if self.drain.is_draining() {
            // The client opens its next connection elsewhere instead of losing a request on this one.
            response.set_header(Header::new("Connection", "close"));
        }
    }
}

impl Doors {
    fn is_host_known(&self, request: &Request<'_>) -> bool {
        let is_known = match host_of(request) {
            Some(host) => self.hosts.accepts(&host),
            // Only what came over no wire may name no host: Rocket's local client.
            None => request.remote().is_none(),
        };
        is_known || HOST_FREE.contains(&request.uri().path().as_str().trim_end_matches('/'))
    }
}

/// Answers what a door has refused, whatever the method.
#[derive(Clone)]
struct Refused;

#[rocket::async_trait]
impl Handler for Refused {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let refusal = Context::of(request).refused_at_door().cloned();
        Outcome::from(request, refusal.unwrap_or_else(Problem::not_found))
    }
}

fn refusals() -> Vec<Route> {
    [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options, Method::Head]
        .into_iter()
        // Before every route of the house, also before a site that catches all paths.
        .map(|method| Route::ranked(-100, method, "/", Refused))
        .collect()
}

#[cfg(test)]
mod tests {
    use ground::clock::{Clock, Randomness};
    use rocket::{
        get,
        http::{Status, uri::Host},
        local::blocking::{Client, LocalRequest, LocalResponse},
        post, routes,
        serde::json::Json,
    };
    use serde_json::Value;

    use super::*;
    use crate::web::{catchers, hosts::address_of_request, paging::PageRequest};

    #[get("/sites")]
    #[expect(clippy::needless_pass_by_value, reason = "Rocket hands guards over by value")]
    fn list(page: PageRequest) -> Json<Vec<u32>> {
        Json(vec![page.page()])
    }

    #[post("/sites")]
    fn create() -> &'static str {
        "made"
    }

    #[get("/")]
    fn page() -> rocket::response::content::RawHtml<&'static str> {
        rocket::response::content::RawHtml("<p>")
    }

    #[get("/here")]
    fn here(address: ClientHere) -> String {
        address.0
    }

    struct ClientHere(String);

    #[rocket::async_trait]
    impl<'r> rocket::request::FromRequest<'r> for ClientHere {
        type Error = ();
        async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, ()> {
            let client = Context::of(request).client();
            rocket::request::Outcome::Success(Self(format!("{client} {}", address_of_request(request))))
        }
    }

    fn client(drain: Drain) -> Client {
        let doors = Doors {
            ids: RequestIds::new(Clock::system(), &Randomness::seeded(3)),
            proxies: TrustedProxies::new(["10.0.0.0/8".parse().unwrap()]),
            hosts: Arc::new(
                Hosts::new("https://cms.example", ["cms.example"]).with_sites(|host| host == "hotel.example"),
            ),
            cors: Cors::new(["https://www.hotel.example"]),
            headers: SecurityHeaders { is_https: true, is_hidden: true },
            drain,
        };
        let rocket = crate::web::server::rocket("127.0.0.1:0".parse().unwrap())
            .attach(doors)
            .mount("/api/v1", routes![list, create])
            .mount("/", routes![page, here])
            .register("/", catchers());
        Client::untracked(rocket).unwrap()
    }

    fn at<'c>(mut request: LocalRequest<'c>, host: &'static str) -> LocalRequest<'c> {
        request.inner_mut().set_host(Host::parse(host).unwrap());
        request.inner_mut().set_remote("10.0.0.9:1234".parse().unwrap());
        request
    }

    fn header<'a>(response: &'a LocalResponse<'_>, name: &str) -> Option<&'a str> {
        response.headers().get_one(name)
    }

    #[test]
    fn an_unknown_host_is_refused_before_any_route() {
        let client = client(Drain::new());
        for (path, host, status) in [
            ("/api/v1/sites/", "cms.example", 200),
            ("/api/v1/sites/", "CMS.example:443", 200),
            ("/api/v1/sites/", "hotel.example", 200),
            ("/api/v1/sites/", "evil.example", 400),
            ("/", "evil.example", 400),
            ("/healthz", "10.1.1.1", 404),
            ("/-/refused", "cms.example", 404),
        ] {
            let response = at(client.get(path), host).dispatch();
            assert_eq!(response.status().code, status, "{path} {host}");
            if status == 400 {
                let body: Value = serde_json::from_str(&response.into_string().unwrap()).unwrap();
                assert_eq!(body["code"], "unknown_host");
            }
        }
        assert_eq!(at(client.delete("/anything"), "evil.example").dispatch().status(), Status::BadRequest);
    }

    #[test]
    fn answers_carry_their_headers() {
        let client = client(Drain::new());
        let response = at(client.get("/"), "cms.example").dispatch();
        assert!(header(&response, "Content-Security-Policy").unwrap().contains("frame-ancestors 'self'"));
        assert_eq!(header(&response, "X-Robots-Tag"), Some("noindex, nofollow"));
        assert!(header(&response, "Strict-Transport-Security").is_some());
        assert_eq!(header(&response, "Server"), None);
        let response = at(client.get("/api/v1/sites"), "cms.example").dispatch();
        assert_eq!(header(&response, "Content-Security-Policy"), None);
        assert_eq!(header(&response, "X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(header(&response, "X-Request-ID").unwrap().len(), 36);
        assert_eq!(header(&response, "Connection"), None);
    }

    #[test]
    fn only_trusted_proxies_speak_for_others() {
        let client = client(Drain::new());
        let ask = |peer: &str| {
            let mut request = at(client.get("/here"), "hotel.example")
                .header(Header::new("X-Forwarded-For", "6.6.6.6, 198.51.100.7"))
                .header(Header::new("X-Forwarded-Proto", "https"))
                .header(Header::new("X-Request-ID", "from-the-proxy-1"));
            request.inner_mut().set_remote(peer.parse().unwrap());
            let response = request.dispatch();
            let id = header(&response, "X-Request-ID").unwrap().to_owned();
            (response.into_string().unwrap(), id)
        };
        let (told, id) = ask("10.0.0.1:1");
        assert_eq!((told.as_str(), id.as_str()), ("198.51.100.7 https://hotel.example/here", "from-the-proxy-1"));
        let (told, id) = ask("203.0.113.1:1");
        assert_eq!(told, "203.0.113.1 http://hotel.example/here");
        assert_ne!(id, "from-the-proxy-1");
    }

    #[test]
    fn only_named_origins_read_the_api() {
        let client = client(Drain::new());
        let origin = |name: &'static str| Header::new("Origin", name);
        let response =
            at(client.get("/api/v1/sites"), "cms.example").header(origin("https://www.hotel.example")).dispatch();
        assert_eq!(header(&response, "Access-Control-Allow-Origin"), Some("https://www.hotel.example"));
        assert!(header(&response, "Access-Control-Expose-Headers").unwrap().contains("X-RateLimit-Remaining"));
        assert_eq!(header(&response, "Vary"), Some("Origin"));
        let response = at(client.get("/api/v1/sites"), "cms.example").header(origin("https://evil.example")).dispatch();
        assert_eq!(header(&response, "Access-Control-Allow-Origin"), None);
        assert_eq!(header(&response, "Vary"), Some("Origin"));
        let response = at(client.get("/here"), "cms.example").header(origin("https://www.hotel.example")).dispatch();
        assert_eq!(header(&response, "Access-Control-Allow-Origin"), None);
    }

    #[test]
    fn options_answers_without_a_body() {
        let client = client(Drain::new());
        let response = at(client.options("/api/v1/sites/"), "cms.example")
            .header(Header::new("Origin", "https://www.hotel.example"))
            .header(Header::new("Access-Control-Request-Method", "POST"))
            .dispatch();
        assert_eq!(response.status(), Status::NoContent);
        assert_eq!(header(&response, "Allow"), Some("GET, HEAD, OPTIONS, POST"));
        assert!(header(&response, "Access-Control-Allow-Headers").unwrap().contains("X-API-Key"));
        assert_eq!(header(&response, "Content-Type"), None);
        assert_eq!(response.into_string(), None);
        assert_eq!(at(client.options("/api/v1/nothing"), "cms.example").dispatch().status(), Status::NotFound);
    }

    #[test]
    fn a_stopping_server_closes_its_connections() {
        let drain = Drain::new();
        let client = client(drain.clone());
        drain.begin();
        let response = at(client.get("/api/v1/sites"), "cms.example").dispatch();
        assert_eq!(header(&response, "Connection"), Some("close"));
    }
}
