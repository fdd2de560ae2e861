//! Query parameters as a client sent them, where a typed form would hide what it did not expect.

use std::{borrow::Cow, str::FromStr};

use rocket::{
    Request,
    request::{FromRequest, Outcome},
};

use super::problem::Problem;

/// All pairs of the query, decoded, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrlQuery<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'r> UrlQuery<'r> {
    /// The query of this request.
    pub fn of(request: &'r Request<'_>) -> Self {
        Self::parse(request.uri().query().map_or("", |query| query.as_str()))
    }

    /// Reads `a=1&b=two%20words`.
    pub fn parse(query: &'r str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The pairs in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The last value of this name: what most servers take of a repeated one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(each, _)| each == name).map(|(_, value)| value.as_ref())
    }

    /// The value of this name, parsed. An empty one counts as absent.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        match self.get(name).filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) => value
                .parse()
                .map(Some)
                .map_err(|_| Problem::parameter_invalid(name, format!("`{name}` must be {expected}."))),
        }
    }

    /// 400 for a parameter that this route does not have: a misspelt filter must not return everything.
    pub fn refuse_unknown(&self, known: &[&str]) -> Result<(), Problem> {
        let Some((name, _)) = self.0.iter().find(|(name, _)| !known.contains(&name.as_ref())) else {
            return Ok(());
        };
        let shown: String = name.chars().filter(|sign| !sign.is_control()).take(60).collect();
        let detail = if known.is_empty() {
            format!("There is no parameter `{shown}` here: this address takes none.")
        } else {
            let meant = nearest(&shown, known.iter().copied()).map(|name| format!(": is it `{name}`?"));
            let meant = meant.as_deref().unwrap_or(".");
            format!("There is no parameter `{shown}` here{meant} Known: {}.", known.join(", "))
        };
        Err(Problem::listed("unknown_parameter", detail.clone()).with_field(shown, "unknown_parameter", detail))
    }
}

/// The known name that somebody may have meant: the one with the fewest letters wrong, at most a third of them.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = known.into_iter().map(|one| (strsim::damerau_levenshtein(name, one), one));
    near.filter(|(wrong, one)| wrong * 3 <= one.chars().count().max(3))
        .min_by_key(|(wrong, _)| *wrong)
        .map(|(_, one)| one)
}

/// A text as it stands in a query: everything but letters, digits and `-._~` as percent escapes.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    encoded
}

/// Decodes `+` and percent escapes; bytes that are no UTF-8 become U+FFFD.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let decoded = match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            _ => first,
        };
        bytes.push(decoded);
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for UrlQuery<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_pair_by_pair() {
        let query = UrlQuery::parse("domain=hotel%2Dsee.example&name=Z%C3%BCrich+S%C3%BCd&flag&&bad=%zz%4&x=%ff");
        let pairs: Vec<_> = query.pairs().collect();
        assert_eq!(
            pairs,
            [
                ("domain", "hotel-see.example"),
                ("name", "Zürich Süd"),
                ("flag", ""),
                ("bad", "%zz%4"),
                ("x", "\u{fffd}")
            ]
        );
    }

    #[test]
    fn an_unknown_parameter_is_named_with_the_known_ones() {
        let query = UrlQuery::parse("domian=a.example");
        let problem = query.refuse_unknown(&["domain", "page"]).unwrap_err();
        assert_eq!((problem.status, problem.code), (400, "unknown_parameter"));
        assert_eq!(problem.detail, "There is no parameter `domian` here: is it `domain`? Known: domain, page.");
        assert!(UrlQuery::parse("page=1").refuse_unknown(&["page"]).is_ok());
    }

    #[test]
    fn a_text_comes_back_from_its_escapes() {
        let text = "filter[price][gte]=Zürich & 1.5";
        assert_eq!(encoded(text), "filter%5Bprice%5D%5Bgte%5D%3DZ%C3%BCrich%20%26%201.5");
        assert_eq!(decode(&encoded(text)), text);
        assert_eq!(nearest("colour", ["domain", "page"]), None);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        let query = UrlQuery::parse("page=two&size=&n=3");
        assert_eq!(query.parsed::<u32>("page", "a number").unwrap_err().code, "invalid_parameter");
        assert_eq!(query.parsed::<u32>("size", "a number").unwrap(), None);
        assert_eq!(query.parsed::<u32>("n", "a number").unwrap(), Some(3));
    }
}
