//! What of other providers a page may hold: addresses that are known to be made for it, and nothing else. A page loads
//! none of them by itself; a guest's click does.

/// A provider whose pages may stand in a frame.
struct Provider {
    name: &'static str,
    /// What the frame's address begins with.
    frame: &'static str,
    /// As the Content-Security-Policy names it.
    source: &'static str,
}

const PROVIDERS: [Provider; 6] = [
    Provider {
        name: "youtube",
        frame: "https://www.youtube-nocookie.com/embed/",
        source: "https://www.youtube-nocookie.com",
    },
    Provider { name: "vimeo", frame: "https://player.vimeo.com/video/", source: "https://player.vimeo.com" },
    Provider { name: "google_maps", frame: "https://www.google.com/maps/embed", source: "https://www.google.com" },
    Provider {
        name: "openstreetmap",
        frame: "https://www.openstreetmap.org/export/embed.html",
        source: "https://www.openstreetmap.org",
    },
    Provider { name: "matterport", frame: "https://my.matterport.com/show/", source: "https://my.matterport.com" },
    Provider { name: "spotify", frame: "https://open.spotify.com/embed/", source: "https://open.spotify.com" },
];
/// Longest id of a film; today's have 11 and 10 letters.
const LONGEST_FILM: usize = 20;

/// Where frames of a page may lead, for its policy.
pub(super) fn frame_sources() -> String {
    PROVIDERS.map(|provider| provider.source).join(" ")
}

/// The provider whose section can show what people copy this address for.
pub(crate) fn provider_of(url: &str) -> Option<&'static str> {
    PROVIDERS.iter().map(|known| known.name).find(|name| frame(name, url).is_some())
}

/// The address of a frame of this provider, from what people copy; nothing where it is not the provider's.
pub(super) fn frame(provider: &str, url: &str) -> Option<String> {
    let known = PROVIDERS.iter().find(|known| known.name == provider)?;
    match provider {
        "youtube" => film(url, &YOUTUBE).map(|id| format!("{}{id}?autoplay=1", known.frame)),
        "vimeo" => film(url, &VIMEO).map(|id| format!("{}{id}?autoplay=1&dnt=1", known.frame)),
        // What follows the fixed part begins a new one: `embedded.example` would be somebody else's.
        _ => url
            .strip_prefix(known.frame)
            .filter(|rest| known.frame.ends_with('/') || rest.is_empty() || rest.starts_with(['?', '/']))
            .map(|_| url.to_owned()),
    }
}

/// Behind which beginnings the id of a film stands.
const YOUTUBE: [&str; 8] = [
    "https://www.youtube.com/watch?v=",
    "https://youtube.com/watch?v=",
    "https://m.youtube.com/watch?v=",
    "https://youtu.be/",
    "https://www.youtube.com/embed/",
    "https://www.youtube.com/shorts/",
    "https://www.youtube.com/live/",
    "https://www.youtube-nocookie.com/embed/",
];
const VIMEO: [&str; 3] = ["https://vimeo.com/", "https://www.vimeo.com/", "https://player.vimeo.com/video/"];

fn film<'u>(url: &'u str, beginnings: &[&str]) -> Option<&'u str> {
    let rest = beginnings.iter().find_map(|beginning| url.strip_prefix(beginning))?;
    let id = rest.split(['&', '?', '#', '/']).next()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (!id.is_empty() && id.len() <= LONGEST_FILM && is_plain).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_provider_made_for_frames_stands_in_one() {
        assert_eq!(provider_of("https://vimeo.com/76979871"), Some("vimeo"));
        assert_eq!(provider_of("https://youtube.com.evil.example/watch?v=aB3_-xyz123"), None);
        let film = "https://www.youtube-nocookie.com/embed/aB3_-xyz123?autoplay=1";
        for (provider, url, expected) in [
            ("youtube", "https://www.youtube.com/watch?v=aB3_-xyz123&t=5s", Some(film)),
            ("youtube", "https://youtu.be/aB3_-xyz123?si=abc", Some(film)),
            ("youtube", "https://www.youtube.com/shorts/aB3_-xyz123", Some(film)),
            ("youtube", "https://youtube.com.evil.example/watch?v=aB3_-xyz123", None),
            ("youtube", "https://www.youtube.com/watch?v=\"onload=", None),
            ("youtube", "https://www.youtube.com/@hotel", None),
            ("vimeo", "https://vimeo.com/123456789", Some("https://player.vimeo.com/video/123456789?autoplay=1&dnt=1")),
            ("vimeo", "javascript:alert(1)", None),
            (
                "google_maps",
                "https://www.google.com/maps/embed?pb=!1m18",
                Some("https://www.google.com/maps/embed?pb=!1m18"),
            ),
            ("google_maps", "https://www.google.com/search?q=hotel", None),
            ("google_maps", "https://www.google.com/maps/embedded", None),
            ("matterport", "https://my.matterport.com/show/?m=abc", Some("https://my.matterport.com/show/?m=abc")),
            ("spotify", "http://open.spotify.com/embed/x", None),
            ("anybody", "https://www.google.com/maps/embed", None),
        ] {
            assert_eq!(frame(provider, url).as_deref(), expected, "{provider} {url}");
        }
        assert!(!frame_sources().contains('*') && frame_sources().split(' ').all(|one| one.starts_with("https://")));
    }
}
