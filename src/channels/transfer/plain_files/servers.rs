//! Where old addresses lead, as servers of files are told it: Netlify and Cloudflare Pages, Apache, nginx and Caddy, and a page
//! that leads on for whoever knows none of these.

use std::{collections::BTreeMap, fmt::Write as _};

use content::{redirects::as_location, rich_text::escape};

use crate::sites::{Host, Step};

/// How long browsers keep files that are named by their content.
const HEADERS: &str = "/_theme/*\n  Cache-Control: public, max-age=31536000, immutable\n\
                       /media/*\n  Cache-Control: public, max-age=31536000, immutable\n\
                       /*\n  X-Content-Type-Options: nosniff\n";
/// Longest part of a path that every file system takes.
const LONGEST_NAME: usize = 200;
/// What would be read as something else in one of the files.
const UNSAFE: [char; 11] = ['"', '\'', '\\', '`', '{', '}', '$', '*', '<', '>', '^'];

/// The file of a page at a path.
pub(super) fn file_of(path: &str) -> String {
    match path.trim_matches('/') {
        "" => "index.html".to_owned(),
        path => format!("{path}/index.html"),
    }
}

/// The redirects of a host.
pub(super) struct Rules<'a> {
    host: &'a Host,
    /// Those with parameters first, then exact ones, then the longest prefixes.
    ordered: Vec<Rule>,
    /// Addresses that not every server can be told of.
    pub left_out: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Rule {
    /// As servers compare it: without escapes.
    path: String,
    query: Option<String>,
    /// Whether it holds below the path, and not at it.
    is_prefix: bool,
    to: Option<String>,
    status: u16,
}

impl Rule {
    fn read(step: &Step) -> Option<Self> {
        let (path, query) =
            step.from.split_once('?').map_or((step.from.as_str(), None), |(path, query)| (path, Some(query)));
        let path = unescaped(path)?;
        let query = query.map(as_location);
        let is_safe = |text: &str| !text.contains(UNSAFE) && !text.chars().any(char::is_control);
        if !is_safe(&path) || !query.as_deref().is_none_or(is_safe) {
            return None;
        }
        Some(Self { path, query, is_prefix: step.is_prefix, to: step.to.as_deref().map(location), status: step.status })
    }

    fn order(&self) -> (bool, bool, std::cmp::Reverse<usize>, &str) {
        (self.query.is_none(), self.is_prefix, std::cmp::Reverse(self.path.len()), &self.path)
    }

    /// The path with and without a slash at the end.
    fn spellings(&self) -> Vec<String> {
        if self.path == "/" { vec![self.path.clone()] } else { vec![self.path.clone(), format!("{}/", self.path)] }
    }
}

impl<'a> Rules<'a> {
    pub fn new(steps: &[Step], host: &'a Host) -> Self {
        let (mut rules, mut left_out) = (Vec::new(), Vec::new());
        for step in steps {
            match Rule::read(step) {
                Some(rule) => rules.push(rule),
                None => left_out.push(step.from.clone()),
            }
        }
        rules.sort_by(|one, other| one.order().cmp(&other.order()));
        Self { host, ordered: rules, left_out }
    }

    /// How many lead somewhere.
    pub fn count(&self) -> usize {
        self.ordered.iter().filter(|rule| rule.to.is_some()).count()
    }

    /// The addresses of what is gone for good.
    pub fn gone(&self) -> Vec<&str> {
        self.ordered.iter().filter(|rule| rule.to.is_none()).map(|rule| rule.path.as_str()).collect()
    }

    /// Whether something is said of this path.
    pub fn lead_from(&self, path: &str) -> bool {
        self.ordered.iter().filter(|rule| rule.query.is_none()).any(|rule| {
            let below = path.strip_prefix(rule.path.trim_end_matches('/'));
            if rule.is_prefix { below.is_some_and(|below| below.starts_with('/')) } else { path == rule.path }
        })
    }

    /// The files for servers, by their paths in the export.
    pub fn files(&self) -> Vec<(String, String)> {
        let host = &self.host.name;
        let gone: String = self.gone().iter().flat_map(|path| [path, "\n"]).collect();
        vec![
            (format!("{host}/_redirects"), self.netlify()),
            (format!("{host}/_headers"), HEADERS.to_owned()),
            (format!("{host}/.htaccess"), self.apache()),
            // GitHub Pages leaves out what begins with an underscore, unless this file is there.
            (format!("{host}/.nojekyll"), String::new()),
            (format!("_servers/{host}/redirects.nginx.conf"), self.nginx_maps()),
            (format!("_servers/{host}/server.nginx.conf"), self.nginx_server()),
            (format!("_servers/{host}/redirects.caddy"), self.caddy()),
            (format!("_servers/{host}/gone.txt"), gone),
        ]
    }

    /// Pages that lead on, where a file can stand at the old address.
    pub fn pages(&self) -> Vec<(String, String)> {
        let leading = self.ordered.iter().filter(|rule| rule.query.is_none() && !rule.is_prefix);
        leading.filter_map(|rule| Some((file_at(&rule.path)?, page(rule.to.as_ref()?, &self.host.origin)))).collect()
    }

    fn netlify(&self) -> String {
        let mut text = String::new();
        for Rule { path, query, is_prefix, to, status } in &self.ordered {
            // There is no word for what is gone: its address answers 404.
            let Some(to) = to else { continue };
            let path = as_location(path);
            let query = query.as_ref().map(|query| format!(" {}", query.replace('&', " "))).unwrap_or_default();
            let below = if *is_prefix { "/*" } else { "" };
            let path = if *is_prefix { path.trim_end_matches('/') } else { &path };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{path}{below}{query} {to} {status}");
        }
        text
    }

    fn apache(&self) -> String {
        let mut text = String::from(
            "DirectoryIndex index.html\nErrorDocument 404 /404.html\nErrorDocument 410 /410.html\n<IfModule mod_rewrite.c>\n\
             RewriteEngine On\n",
        );
        for Rule { path, query, is_prefix, to, status } in &self.ordered {
            let path = literal(path.trim_matches('/'));
            let pattern = match (is_prefix, path.as_str()) {
                (true, "") => ".".to_owned(),
                (true, path) => format!("^{path}/."),
                (false, "") => "^$".to_owned(),
                (false, path) => format!("^{path}/?$"),
            };
            if let Some(query) = query {
                let _ = writeln!(text, "RewriteCond %{{QUERY_STRING}} \"^{}$\"", literal(query));
            }
            if *is_prefix {
                text.push_str("RewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME}/index.html !-f\n");
            }
            let drops = if query.is_some() { ",QSD" } else { "" };
            let _ = match to {
                // A percent sign and a digit would be a part of what was compared.
                Some(to) => {
                    let to = to.replace('%', "\\%");
                    writeln!(text, "RewriteRule \"{pattern}\" \"{to}\" [R={status},L,NC,NE{drops}]")
                }
                None => writeln!(text, "RewriteRule \"{pattern}\" - [G,NC]"),
            };
        }
        // A page has no slash at its end, and its folder is sent without asking for one.
        text.push_str(
            "DirectorySlash Off\nRewriteCond %{REQUEST_FILENAME}/index.html -f\n\
             RewriteRule \"^(.*[^/])$\" \"$1/index.html\" [L]\n</IfModule>\n",
        );
        text
    }

    /// The name of a variable of nginx: another for each host and each of its tables.
    fn variable(&self, table: &str, status: u16) -> String {
        let host: String = self
            .host
            .name
            .as_str()
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
            .collect();
        format!("$gammacms_{host}_{table}_{status}")
    }

    /// The tables that nginx looks addresses up in, by what they are looked up with and the status of the answer.
    fn tables(&self) -> BTreeMap<(&'static str, u16), Vec<(String, String)>> {
        let mut tables: BTreeMap<(&'static str, u16), Vec<(String, String)>> = BTreeMap::new();
        for Rule { path, query, is_prefix, to, status } in &self.ordered {
            let keeps = query.is_none() && !to.as_deref().is_some_and(|to| to.contains(['?', '#']));
            let value = match to {
                Some(to) if keeps => format!("{to}$is_args$args"),
                Some(to) => to.clone(),
                None => "gone".to_owned(),
            };
            let mut put = |table, key: String| tables.entry((table, *status)).or_default().push((key, value.clone()));
            match query {
                Some(query) => put("asked", format!("{path}?{query}")),
                None if *is_prefix => put("below", format!("~*^{}/.", literal(path.trim_end_matches('/')))),
                None => put("exact", path.clone()),
            }
            if query.is_none() && !is_prefix && path != "/" {
                put("exact", format!("{path}/"));
            }
        }
        tables
    }

    fn nginx_maps(&self) -> String {
        let mut text = String::from("# Belongs into http { }.\n");
        for ((table, status), lines) in self.tables() {
            let of = if table == "asked" { "$uri$is_args$args" } else { "$uri" };
            let _ =
                writeln!(text, "map \"{of}\" {} {{\n    volatile;\n    default \"\";", self.variable(table, status));
            for (key, value) in lines {
                let _ = writeln!(text, "    \"{key}\" \"{value}\";");
            }
            text.push_str("}\n");
        }
        text
    }

    fn nginx_server(&self) -> String {
        let host = &self.host.name;
        let mut text = format!("# Belongs into the server {{ }} of {host}, whose root is the folder {host}.\n");
        text.push_str("error_page 404 /404.html;\nerror_page 410 /410.html;\n");
        let (mut first, mut below) = (String::new(), String::new());
        for (table, status) in self.tables().into_keys() {
            let name = self.variable(table, status);
            let answer = if status == content::redirects::GONE { String::new() } else { format!(" {name}") };
            let into = if table == "below" { &mut below } else { &mut first };
            let _ = writeln!(into, "if ({name} != \"\") {{ return {status}{answer}; }}");
        }
        let below: String = below.lines().flat_map(|line| ["    ", line, "\n"]).collect();
        text.push_str(&first);
        text.push_str("location / {\n    try_files $uri $uri/index.html @below;\n}\n");
        let _ = write!(text, "location @below {{\n{below}    return 404;\n}}\n");
        for named_by_content in ["/_theme/", "/media/"] {
            let _ = write!(
                text,
                "location {named_by_content} {{\n    add_header Cache-Control \"public, max-age=31536000, immutable\";\n}}\n"
            );
        }
        text
    }

    fn caddy(&self) -> String {
        let mut text = String::new();
        for (number, rule) in self.ordered.iter().enumerate() {
            let Rule { query, is_prefix, to, status, path } = rule;
            let name = format!("@gammacms{}", number + 1);
            let below = || vec![format!("{}/*", path.trim_end_matches('/'))];
            let paths = if *is_prefix { below() } else { rule.spellings() };
            let paths: Vec<String> = paths.iter().map(|path| format!("\"{path}\"")).collect();
            let _ = writeln!(text, "{name} {{\n\tpath {}", paths.join(" "));
            if let Some(query) = query {
                let _ = writeln!(text, "\tquery {}", query.replace('&', " "));
            }
            if *is_prefix {
                text.push_str("\tnot file {\n\t\ttry_files {path} {path}/index.html\n\t}\n");
            }
            let _ = match to {
                Some(to) => writeln!(text, "}}\nredir {name} \"{to}\" {status}"),
                None => writeln!(text, "}}\nerror {name} \"Gone\" 410"),
            };
        }
        text
    }
}

/// A target without anything that a server would read as its own.
fn location(to: &str) -> String {
    let mut spelt = String::with_capacity(to.len());
    for letter in as_location(to).chars() {
        if UNSAFE.contains(&letter) || letter == '|' {
            let _ = write!(spelt, "%{:02X}", u32::from(letter));
        } else {
            spelt.push(letter);
        }
    }
    spelt
}

/// A pattern that is this text.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if ".+?()[]|".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// A path as servers compare it; nothing where its bytes are no text.
fn unescaped(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        bytes.extend(&rest.as_bytes()[..at]);
        let byte = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok())?;
        // A slash within a name is none between names.
        if byte == b'/' {
            return None;
        }
        bytes.push(byte);
        rest = &rest[at + 3..];
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

/// The file that answers at an old address, where a file can: not for a program's name, whose page would be taken for a
/// download.
fn file_at(path: &str) -> Option<String> {
    let inside = path.trim_matches('/');
    let is_name = |part: &str| {
        let is_plain = part.chars().all(|letter| letter.is_alphanumeric() || "-_~.+@,".contains(letter));
        is_plain && !part.starts_with(['.', '_']) && part.len() <= LONGEST_NAME
    };
    if inside.is_empty() || !inside.split('/').all(is_name) {
        return None;
    }
    let last = inside.rsplit('/').next().unwrap_or(inside);
    match last.rsplit_once('.') {
        None => Some(format!("{inside}/index.html")),
        Some((_, "html" | "htm")) => Some(inside.to_owned()),
        Some(_) => None,
    }
}

/// A page that leads on at once (HTML, "pragma directives": refresh), and says to search engines where.
fn page(to: &str, origin: &str) -> String {
    let mut shown = String::new();
    escape(&mut shown, to);
    let host = if to.starts_with('/') { origin } else { "" };
    format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{shown}</title>\n\
         <link rel=\"canonical\" href=\"{host}{shown}\">\n<meta http-equiv=\"refresh\" content=\"0; url={shown}\">\n\
         </head>\n<body>\n<p><a href=\"{shown}\">{shown}</a></p>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(steps: &[(&str, bool, Option<&str>, u16)]) -> BTreeMap<String, String> {
        let host =
            Host { name: "hotel.example".parse().unwrap(), origin: "https://hotel.example".to_owned(), locale: None };
        let steps: Vec<Step> = steps
            .iter()
            .map(|(from, is_prefix, to, status)| Step {
                from: (*from).to_owned(),
                is_prefix: *is_prefix,
                to: to.map(str::to_owned),
                status: *status,
            })
            .collect();
        let rules = Rules::new(&steps, &host);
        rules.files().into_iter().chain(rules.pages()).collect()
    }

    #[test]
    fn each_server_is_told_in_its_own_words() {
        let files = told(&[
            ("/old", false, Some("/new"), 301),
            ("/zimmer/süd", false, Some("/rooms/süd#top"), 308),
            ("/blog", false, Some("https://blog.example/"), 302),
            ("/blog", true, Some("https://blog.example/"), 302),
            ("/blog/archive", true, Some("/news"), 301),
            ("/index.php?p=12", false, Some("/about"), 301),
            ("/pool", false, None, 410),
            ("/start.html", false, Some("/"), 301),
        ]);
        assert_eq!(
            files["hotel.example/_redirects"],
            "/index.php p=12 /about 301\n/zimmer/s%C3%BCd /rooms/s%C3%BCd#top 308\n/start.html / 301\n\
             /blog https://blog.example/ 302\n/old /new 301\n/blog/archive/* /news 301\n/blog/* https://blog.example/ 302\n"
        );
        let apache = &files["hotel.example/.htaccess"];
        for line in [
            "RewriteCond %{QUERY_STRING} \"^p=12$\"\nRewriteRule \"^index\\.php/?$\" \"/about\" [R=301,L,NC,NE,QSD]",
            "RewriteRule \"^zimmer/süd/?$\" \"/rooms/s\\%C3\\%BCd#top\" [R=308,L,NC,NE]",
            "RewriteRule \"^pool/?$\" - [G,NC]",
            "RewriteRule \"^blog/.\" \"https://blog.example/\" [R=302,L,NC,NE]",
        ] {
            assert!(apache.contains(line), "{line} is missing in {apache}");
        }
        let nginx = &files["_servers/hotel.example/redirects.nginx.conf"];
        for line in [
            "map \"$uri\" $gammacms_hotel_example_exact_301 {",
            "    \"/old/\" \"/new$is_args$args\";",
            "    \"/index.php?p=12\" \"/about\";",
            "    \"~*^/blog/.\" \"https://blog.example/$is_args$args\";",
            "    \"/pool\" \"gone\";",
        ] {
            assert!(nginx.contains(line), "{line} is missing in {nginx}");
        }
        let caddy = &files["_servers/hotel.example/redirects.caddy"];
        assert!(caddy.contains("\tpath \"/old\" \"/old/\"\n}\nredir @gammacms6 \"/new\" 301\n"), "{caddy}");
        assert!(caddy.contains("\tpath \"/index.php\" \"/index.php/\"\n\tquery p=12\n}\nredir"), "{caddy}");
        assert_eq!(files["_servers/hotel.example/gone.txt"], "/pool\n");
        let page = &files["old/index.html"];
        assert!(
            page.contains("content=\"0; url=/new\"") && page.contains("href=\"https://hotel.example/new\""),
            "{page}"
        );
        assert!(files.contains_key("start.html") && !files.contains_key("index.php/index.html"));
        assert!(!files.contains_key("pool/index.html"), "what is gone has no page");
    }

    #[test]
    fn what_somebody_has_written_is_never_read_as_an_order() {
        let files = told(&[
            ("/a", false, Some("/b\"; return 200 $request_body; # {path} `x`"), 301),
            ("/c\"d", false, Some("/e"), 301),
        ]);
        for (name, text) in &files {
            assert!(
                !text.contains("$request_body") && !text.contains("{path}") && !text.contains("c\"d"),
                "{name}: {text}"
            );
        }
        assert!(files["hotel.example/_redirects"].starts_with("/a /b%22;%20return%20200%20%24request_body;"));
    }
}
