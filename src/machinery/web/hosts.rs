//! Which hosts are served here: the platform's own, those that the operator allows, and the domains of sites. A
//! request for any other host is refused, so that no link or cache is ever built from a forged `Host`.

use std::{borrow::Cow, fmt};

use rocket::Request;

use super::request::Context;

/// Hosts that are allowed where the operator names none: the machine itself.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

type IsSite = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// The hosts that are served here.
pub struct Hosts {
    allowed: Vec<Allowed>,
    public_url: String,
    public_authority: String,
    is_site: IsSite,
}

#[derive(Debug, PartialEq, Eq)]
enum Allowed {
    Every,
    /// `.hotel.example`: the domain and everything below it.
    Below(String),
    Exactly(String),
}

impl Hosts {
    /// The public URL's host and `ALLOWED_HOSTS` (`cms.example`, `.hotel.example`, `*`), without ports.
    pub fn new<'a>(public_url: &str, allowed: impl IntoIterator<Item = &'a str>) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        let public_authority = public_url.split_once("://").map_or(public_url.as_str(), |(_, rest)| rest);
        let public_authority = public_authority.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let mut hosts: Vec<Allowed> = allowed.into_iter().map(Allowed::parse).collect();
        if hosts.is_empty() {
            hosts.extend(LOOPBACK_HOSTS.iter().map(|host| Allowed::parse(host)));
        }
        hosts.push(Allowed::parse(without_port(&public_authority)));
        Self { allowed: hosts, public_url, public_authority, is_site: Box::new(|_| false) }
    }

    /// Also serves the hosts of which `is_site` says that they are a site's domain. It is asked for every request to
    /// a host that is not the platform's: it must answer from memory.
    #[must_use]
    pub fn with_sites(mut self, is_site: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.is_site = Box::new(is_site);
        self
    }

    /// Whether a request for this host (lower-case, without port) is answered.
    pub fn accepts(&self, host: &str) -> bool {
        self.is_platform(host) || (self.is_site)(host)
    }

    /// Whether this host is the platform's own rather than a site's. A site's domain wins over `*`.
    pub fn is_platform(&self, host: &str) -> bool {
        let mut is_by_star = false;
        for allowed in &self.allowed {
            match allowed {
                Allowed::Every => is_by_star = true,
                Allowed::Below(domain) => {
                    let is_below =
                        host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                    // A site below the platform's domain is a site.
                    if is_below && (host == domain || !(self.is_site)(host)) {
                        return true;
                    }
                }
                Allowed::Exactly(exact) if exact == host => return true,
                Allowed::Exactly(_) => {}
            }
        }
        is_by_star && !(self.is_site)(host)
    }

    /// The configured public URL, without a last slash.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Whether the public URL is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hosts").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Allowed {
    fn parse(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        match text.strip_prefix('.').or_else(|| text.strip_prefix("*.")) {
            Some(domain) => Self::Below(domain.to_owned()),
            None if text == "*" => Self::Every,
            None => Self::Exactly(without_port(&text).to_owned()),
        }
    }
}

/// `cms.example:8000` and `[::1]:8000` without the port.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.ends_with(':') => host,
        _ => authority,
    }
}

/// The host of a request: lower-case, without port and without a last dot.
pub fn host_of<'r>(request: &'r Request<'_>) -> Option<Cow<'r, str>> {
    let host = request.host()?.domain().as_str();
    let host = host.strip_suffix('.').unwrap_or(host);
    Some(if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    })
}

/// The absolute address that the client used, without its query: the public URL on the platform's own host, the
/// request's host elsewhere (it has passed the host check).
pub fn address_of_request(request: &Request<'_>) -> String {
    let path = request.uri().path();
    let hosts = request.rocket().state::<std::sync::Arc<Hosts>>();
    let public_url = hosts.map_or("", |hosts| hosts.public_url());
    let Some(host) = request.host() else {
        return format!("{public_url}{path}");
    };
    let authority = host.to_string();
    if hosts.is_some_and(|hosts| hosts.public_authority.eq_ignore_ascii_case(&authority)) {
        return format!("{public_url}{path}");
    }
    let scheme = if Context::of(request).is_https() { "https" } else { "http" };
    format!("{scheme}://{authority}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_hosts_are_accepted() {
        let hosts = Hosts::new("https://cms.example:8443/", ["admin.example", ".hotel.example"])
            .with_sites(|host| host == "www.seehof.example" || host == "seehof.hotel.example");
        for (host, is_accepted, is_platform) in [
            ("cms.example", true, true),
            ("admin.example", true, true),
            ("hotel.example", true, true),
            ("a.hotel.example", true, true),
            ("seehof.hotel.example", true, false),
            ("www.seehof.example", true, false),
            ("evilhotel.example", false, false),
            ("localhost", false, false),
            ("evil.example", false, false),
        ] {
            assert_eq!(hosts.accepts(host), is_accepted, "{host}");
            assert_eq!(hosts.is_platform(host), is_platform, "{host}");
        }
    }

    #[test]
    fn without_a_list_the_machine_itself_is_served() {
        let hosts = Hosts::new("http://192.168.1.5:8000", []);
        for host in ["localhost", "127.0.0.1", "[::1]", "192.168.1.5"] {
            assert!(hosts.accepts(host), "{host}");
        }
        assert!(!hosts.accepts("evil.example"));
        assert!(Hosts::new("http://localhost", ["*"]).accepts("evil.example"));
    }
}
