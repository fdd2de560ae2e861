//! The files themselves, at `/media/…` on every host. An address names the bytes: what is there never changes, so that
//! browsers keep it for good, and nothing has to be asked but the disk.

use ground::blobs::{self, Reading};
use machinery::web::Problem;
use rocket::{
    Request, Response, Route, State, get,
    http::{Header, Status},
    request::{FromRequest, Outcome},
    response::{self, Responder},
    routes,
};

use super::{Library, MediaError};

/// What is served was looked at when it came; should a browser still take a file for a page, it runs nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// What is served, by the address's ending.
const TYPES: [(&str, &str); 6] = [
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("gif", "image/gif"),
    ("pdf", "application/pdf"),
];

/// The routes, mounted at `/`.
pub fn routes() -> Vec<Route> {
    routes![serve]
}

/// What the request says of the bytes that it wants.
struct Asked<'r> {
    known: Option<&'r str>,
    range: Option<&'r str>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let header = |name| request.headers().get_one(name);
        // A part of something else than what is here is never asked for: the address names the bytes.
        Outcome::Success(Self { known: header("If-None-Match"), range: header("Range") })
    }
}

/// A file, a part of it, or the word that it has not changed.
enum Served {
    Known { tag: String },
    Whole { tag: String, media_type: &'static str, size: u64, body: Reading },
    Part { tag: String, media_type: &'static str, size: u64, from: u64, length: u64, body: Reading },
    OutOfRange { size: u64 },
}

/// With how long it may be kept.
struct Kept {
    served: Served,
    cache_control: String,
}

#[get("/media/<name>")]
async fn serve(name: &str, asked: Asked<'_>, library: &State<Library>) -> Result<Kept, Problem> {
    let Some((sha256, ending)) = name.split_once('.') else { return Err(Problem::not_found()) };
    let Some((_, media_type)) = TYPES.into_iter().find(|(known, _)| *known == ending) else {
        return Err(Problem::not_found());
    };
    if !blobs::is_name(sha256) {
        return Err(Problem::not_found());
    }
    let kept = |served| Ok(Kept { served, cache_control: library.cache_control.clone() });
    let tag = format!("\"{}\"", sha256.get(..32).unwrap_or(sha256));
    if asked.known.is_some_and(|known| known == "*" || known.contains(&tag)) {
        return kept(Served::Known { tag });
    }
    let found = library.blobs.find(sha256, ending).await.map_err(MediaError::from)?;
    let Some(found) = found else { return Err(Problem::not_found()) };
    let size = found.size();
    let read = async |from, length| found.part(from, length).await.map_err(MediaError::from);
    kept(match asked.range.map_or(Wanted::Whole, |range| wanted(range, size)) {
        Wanted::Whole => Served::Whole { tag, media_type, size, body: read(0, size).await? },
        Wanted::Part { from, length } => {
            Served::Part { tag, media_type, size, from, length, body: read(from, length).await? }
        }
        Wanted::Outside => Served::OutOfRange { size },
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part { from: u64, length: u64 },
    Outside,
}

/// A single range (RFC 9110 §14); anything else is answered with the whole, which is allowed.
fn wanted(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let (from, to) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to),
        (Ok(from), Err(_)) if last.is_empty() => (from, u64::MAX),
        (Err(_), Ok(0)) if first.is_empty() => return Wanted::Outside,
        (Err(_), Ok(ending)) if first.is_empty() => (size.saturating_sub(ending), u64::MAX),
        _ => return Wanted::Whole,
    };
    if from >= size {
        return Wanted::Outside;
    }
    Wanted::Part { from, length: to.min(size - 1) - from + 1 }
}

impl<'r> Responder<'r, 'static> for Kept {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let Self { served, cache_control } = self;
        let mut response = Response::build();
        response.header(Header::new("Accept-Ranges", "bytes"));
        let described =
            |response: &mut response::Builder<'static>, tag: String, media_type: &'static str, length: u64| {
                response
                    .header(Header::new("ETag", tag))
                    .header(Header::new("Cache-Control", cache_control.clone()))
                    .header(Header::new("Content-Type", media_type))
                    .header(Header::new("Content-Length", length.to_string()))
                    .header(Header::new("Content-Security-Policy", POLICY));
                if media_type == "application/pdf" {
                    response.header(Header::new("Content-Disposition", "attachment"));
                }
            };
        match served {
            Served::Known { tag } => {
                response.status(Status::NotModified);
                response.header(Header::new("ETag", tag)).header(Header::new("Cache-Control", cache_control));
            }
            Served::Whole { tag, media_type, size, body } => {
                described(&mut response, tag, media_type, size);
                response.streamed_body(body);
            }
            Served::Part { tag, media_type, size, from, length, body } => {
                described(&mut response, tag, media_type, length);
                let last = from + length - 1;
                response
                    .status(Status::PartialContent)
                    .header(Header::new("Content-Range", format!("bytes {from}-{last}/{size}")))
                    .streamed_body(body);
            }
            Served::OutOfRange { size } => {
                response.status(Status::RangeNotSatisfiable);
                response.header(Header::new("Content-Range", format!("bytes */{size}")));
            }
        }
        response.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_the_specification_says() {
        let part = |from, length| Wanted::Part { from, length };
        for (range, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=10-19", part(10, 10)),
            ("bytes=90-", part(90, 10)),
            ("bytes=-10", part(90, 10)),
            ("bytes=-1000", part(0, 100)),
            ("bytes=50-1000", part(50, 50)),
            ("bytes=100-", Wanted::Outside),
            ("bytes=-0", Wanted::Outside),
            ("bytes=9-3", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 100), expected, "{range}");
        }
    }
}
