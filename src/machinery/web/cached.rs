//! Answers that are made once and served many times: bytes with an `ETag`, compressed at first need, shared between
//! all requests. A hot answer copies nothing but its headers.

use std::{
    io::{Cursor, Write},
    sync::{Arc, OnceLock},
};

use flate2::{Compression, write::GzEncoder};
use ground::crypto;
use rocket::{
    Request, Response,
    http::{Header, Status},
    response::{Responder, Result as Responded},
};

/// Bodies up to this many bytes are not compressed: they fit one packet either way.
const SMALLEST_COMPRESSED: usize = 1024;
/// Above this many bytes compression is done quickly rather than well: it runs where requests are answered.
const LARGEST_WELL_COMPRESSED: usize = 64 * 1024;
/// Rocket copies a body in pieces of this many bytes at most.
const LARGEST_PIECE: usize = 64 * 1024;
/// Characters of the content's SHA-256 that make an `ETag`: 128 bits.
const ETAG_LENGTH: usize = 32;
/// What the answer depends on. `Origin` belongs to CORS, named here to spare a second header.
const VARY: &str = "Accept-Encoding, Origin";

/// How the bytes of an answer are coded on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// As they are.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

/// An answer that is made once and served many times. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cached(Arc<Content>);

#[derive(Debug)]
struct Content {
    media_type: &'static str,
    cache_control: &'static str,
    /// Without quotes; each encoding adds its own ending, because a strong `ETag` names exact bytes.
    tag: String,
    identity: Vec<u8>,
    gzip: OnceLock<Option<Vec<u8>>>,
    brotli: OnceLock<Option<Vec<u8>>>,
}

impl Cached {
    /// An answer whose `ETag` is made of its bytes.
    pub fn new(media_type: &'static str, cache_control: &'static str, bytes: Vec<u8>) -> Self {
        let mut tag = crypto::sha256_hex(&bytes);
        tag.truncate(ETAG_LENGTH);
        Self::tagged(media_type, cache_control, tag, bytes)
    }

    /// An answer whose `ETag` the caller knows; it must change whenever the bytes do. Letters, digits and `-` only.
    pub fn tagged(media_type: &'static str, cache_control: &'static str, tag: String, bytes: Vec<u8>) -> Self {
        debug_assert!(tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        Self(Arc::new(Content {
            media_type,
            cache_control,
            tag,
            identity: bytes,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }))
    }

    /// A JSON answer.
    pub fn json(cache_control: &'static str, bytes: Vec<u8>) -> Self {
        Self::new("application/json", cache_control, bytes)
    }

    /// The bytes as they are.
    pub fn bytes(&self) -> &[u8] {
        &self.0.identity
    }

    /// The `ETag` of the bytes as they are, in quotes.
    pub fn etag(&self) -> String {
        self.0.etag(Encoding::Identity)
    }

    /// Bytes of memory that this holds, compressed forms included: what a cache should count.
    pub fn weight(&self) -> usize {
        let of = |slot: &OnceLock<Option<Vec<u8>>>| slot.get().and_then(Option::as_ref).map_or(0, Vec::len);
        size_of::<Content>() + self.0.identity.len() + of(&self.0.gzip) + of(&self.0.brotli)
    }

    /// Compresses now what would be compressed at the first request that asks for it.
    pub fn compress(&self) {
        self.0.coded(Encoding::Brotli);
        self.0.coded(Encoding::Gzip);
    }

    /// Whether the client already has this, so that the answer will be 304.
    pub fn is_unchanged_for(&self, request: &Request<'_>) -> bool {
        request.headers().get("If-None-Match").any(|tags| self.0.is_named_in(tags))
    }
}

impl Content {
    fn etag(&self, encoding: Encoding) -> String {
        let ending = match encoding {
            Encoding::Identity => "",
            Encoding::Gzip => "-gzip",
            Encoding::Brotli => "-br",
        };
        format!("\"{}{ending}\"", self.tag)
    }

    /// `If-None-Match` compares weakly (RFC 9110 section 13.1.2), and all encodings are the same content.
    fn is_named_in(&self, tags: &str) -> bool {
        tags.split(',').map(str::trim).any(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            let Some(tag) = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) else { return tag == "*" };
            let tag = tag.strip_suffix("-gzip").or_else(|| tag.strip_suffix("-br")).unwrap_or(tag);
            tag == self.tag
        })
    }

    /// The compressed bytes, made at the first call; none where compressing gains nothing.
    fn coded(&self, encoding: Encoding) -> Option<&[u8]> {
        if self.identity.len() <= SMALLEST_COMPRESSED {
            return None;
        }
        let (slot, code): (_, Coding) = match encoding {
            Encoding::Identity => return None,
            Encoding::Gzip => (&self.gzip, gzip),
            Encoding::Brotli => (&self.brotli, brotli),
        };
        // Writing to memory cannot fail; if it did, the plain bytes are right as well.
        slot.get_or_init(|| code(&self.identity).ok().filter(|coded| coded.len() < self.identity.len())).as_deref()
    }

    fn bytes(&self, encoding: Encoding) -> &[u8] {
        match encoding {
            Encoding::Identity => &self.identity,
            Encoding::Gzip | Encoding::Brotli => self.coded(encoding).unwrap_or(&self.identity),
        }
    }
}

/// How bytes are compressed.
type Coding = fn(&[u8]) -> std::io::Result<Vec<u8>>;

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let level = if bytes.len() > LARGEST_WELL_COMPRESSED { Compression::fast() } else { Compression::default() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let quality = if bytes.len() > LARGEST_WELL_COMPRESSED { 2 } else { 5 };
    // The window (log2 of bytes) covers the whole body, and no more memory than that.
    let window = bytes.len().next_power_of_two().trailing_zeros().clamp(16, 22);
    let mut coded = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, quality, window);
    encoder.write_all(bytes)?;
    encoder.flush()?;
    drop(encoder);
    Ok(coded)
}

/// The best encoding that `Accept-Encoding` allows (RFC 9110 section 12.5.3); Brotli wins a tie.
fn negotiate(accepted: &str) -> Encoding {
    let (mut brotli, mut gzip, mut any) = (None, None, None);
    for offer in accepted.split(',') {
        let (name, parameters) = offer.split_once(';').unwrap_or((offer, ""));
        let quality = match parameters.trim().strip_prefix("q=").or_else(|| parameters.trim().strip_prefix("Q=")) {
            Some(quality) => quality.trim().parse::<f32>().unwrap_or(0.0),
            None => 1.0,
        };
        match name.trim() {
            name if name.eq_ignore_ascii_case("br") => brotli = Some(quality),
            name if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => gzip = Some(quality),
            "*" => any = Some(quality),
            _ => {}
        }
    }
    let brotli = brotli.or(any).unwrap_or(0.0);
    let gzip = gzip.or(any).unwrap_or(0.0);
    if brotli > 0.0 && brotli >= gzip {
        Encoding::Brotli
    } else if gzip > 0.0 {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// The shared bytes of one answer, as a reader wants them.
struct Shared {
    content: Arc<Content>,
    encoding: Encoding,
}

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.content.bytes(self.encoding)
    }
}

impl<'r> Responder<'r, 'static> for Cached {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let content = Arc::clone(&self.0);
        let wanted = request.headers().get_one("Accept-Encoding").map_or(Encoding::Identity, negotiate);
        let is_coded = wanted != Encoding::Identity && content.coded(wanted).is_some();
        let encoding = if is_coded { wanted } else { Encoding::Identity };
        let mut response = Response::new();
        response.set_header(Header::new("ETag", content.etag(encoding)));
        response.set_header(Header::new("Vary", VARY));
        response.set_header(Header::new("Cache-Control", content.cache_control));
        if self.is_unchanged_for(request) {
            response.set_status(Status::NotModified);
            return Ok(response);
        }
        response.set_header(Header::new("Content-Type", content.media_type));
        if encoding != Encoding::Identity {
            let name = if encoding == Encoding::Brotli { "br" } else { "gzip" };
            response.set_header(Header::new("Content-Encoding", name));
        }
        let size = content.bytes(encoding).len();
        response.set_sized_body(size, Cursor::new(Shared { content, encoding }));
        // One byte more than the body: Rocket then sees its end without a second buffer of the same size.
        response.set_max_chunk_size((size + 1).min(LARGEST_PIECE));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use rocket::{State, get, local::blocking::Client, routes};

    use super::*;

    #[get("/page")]
    fn page(cached: &State<Cached>) -> Cached {
        cached.inner().clone()
    }

    fn long_text() -> String {
        "Doppelzimmer mit Seeblick und Balkon. ".repeat(100)
    }

    fn client(text: &str) -> Client {
        let cached = Cached::json("private, max-age=0", text.as_bytes().to_vec());
        Client::untracked(rocket::build().manage(cached).mount("/", routes![page])).unwrap()
    }

    #[test]
    fn the_best_accepted_encoding_is_served() {
        let text = long_text();
        let client = client(&text);
        for (accepted, encoding) in [
            (None, None),
            (Some("gzip"), Some("gzip")),
            (Some("gzip, deflate, br"), Some("br")),
            (Some("br;q=0.5, gzip;q=0.9"), Some("gzip")),
            (Some("br;q=0, gzip;q=0"), None),
            (Some("*"), Some("br")),
            (Some("identity"), None),
        ] {
            let mut request = client.get("/page");
            if let Some(accepted) = accepted {
                request.add_header(Header::new("Accept-Encoding", accepted));
            }
            let response = request.dispatch();
            assert_eq!(response.headers().get_one("Content-Encoding"), encoding, "{accepted:?}");
            assert_eq!(response.headers().get_one("Vary"), Some("Accept-Encoding, Origin"));
            let bytes = response.into_bytes().unwrap();
            let mut plain = String::new();
            match encoding {
                Some("gzip") => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut plain).unwrap(),
                Some(_) => brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut plain).unwrap(),
                None => (&bytes[..]).read_to_string(&mut plain).unwrap(),
            };
            assert_eq!(plain, text, "{accepted:?}");
        }
    }

    #[test]
    fn a_small_body_stays_plain() {
        let client = client("{}");
        let response = client.get("/page").header(Header::new("Accept-Encoding", "br, gzip")).dispatch();
        assert_eq!(response.headers().get_one("Content-Encoding"), None);
        assert_eq!(response.into_string().unwrap(), "{}");
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let client = client(&long_text());
        let first = client.get("/page").header(Header::new("Accept-Encoding", "gzip")).dispatch();
        let tag = first.headers().get_one("ETag").unwrap().to_owned();
        assert!(tag.ends_with("-gzip\""));
        let plain_tag = tag.replace("-gzip", "");
        for (tags, is_unchanged) in [
            (tag.clone(), true),
            (format!("W/{tag}"), true),
            (plain_tag.clone(), true),
            (format!("\"other\", {plain_tag}"), true),
            ("*".to_owned(), true),
            ("\"other\"".to_owned(), false),
            (plain_tag.trim_matches('"').to_owned(), false),
        ] {
            let response = client.get("/page").header(Header::new("If-None-Match", tags.clone())).dispatch();
            assert_eq!(response.status() == Status::NotModified, is_unchanged, "{tags}");
            assert!(response.headers().get_one("ETag").is_some());
            assert_eq!(response.into_bytes().is_none_or(|body| body.is_empty()), is_unchanged, "{tags}");
        }
    }

    #[test]
    fn head_says_the_length_and_sends_nothing() {
        let text = long_text();
        let client = client(&text);
        let response = client.head("/page").dispatch();
        assert_eq!(response.status(), Status::Ok);
        assert_eq!(response.body().preset_size(), Some(text.len()));
        assert_eq!(response.into_bytes().unwrap_or_default(), b"");
    }

    #[test]
    fn a_body_of_many_pieces_arrives_whole() {
        let text = "x".repeat(3 * LARGEST_PIECE + 7);
        assert_eq!(client(&text).get("/page").dispatch().into_string().unwrap(), text);
    }
}
