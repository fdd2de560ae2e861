//! The two ways a mail goes: to an SMTP server, or into a file that anyone on the machine can read it from.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ground::{clock::Timestamp, config, crypto::authorities_of_this_machine, words::EmailAddress};
use jiff::tz::TimeZone;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        self,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
    },
};
use url::Url;

use super::{Letter, MailError};

/// How long the server may take for one step of the conversation.
const SMTP_PATIENCE: Duration = Duration::from_secs(30);
/// What a server answers that will never take a mail to this address (RFC 5321 §4.2.3). Other refusals, such as of our
/// password, end when someone mends the settings.
const NO_SUCH_MAILBOX: [&str; 3] = ["550", "551", "553"];

/// How mails leave.
#[derive(Clone)]
pub(super) enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(PathBuf),
}

impl Way {
    pub(super) fn smtp(url: &str) -> Result<Self, MailError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&with_encryption(url));
        // The parser's error may repeat the URL, and with it the password.
        let builder = builder.map_err(|_| MailError::Settings("the address is not understood".to_owned()))?;
        let builder = match encryption(url)? {
            Some(tls) => builder.tls(tls),
            None => builder,
        };
        Ok(Self::Smtp(builder.timeout(Some(SMTP_PATIENCE)).build()))
    }

    pub(super) async fn deliver(&self, letter: Letter, template: &str) -> Result<(), MailError> {
        match self {
            Self::Smtp(transport) => {
                let sent = transport.send(message(&letter)?).await;
                sent.map(drop).map_err(|error| refusal(&error))
            }
            Self::Files(folder) => {
                let path = folder.join(format!("{}.eml", letter.id));
                let (file, folder) = (path.clone(), folder.clone());
                let written = tokio::task::spawn_blocking(move || write(&folder, &file, &letter)).await;
                written
                    .map_err(io::Error::other)
                    .flatten()
                    .map_err(|error| MailError::File { path: path.display().to_string(), reason: error.to_string() })?;
                tracing::info!(path = %path.display(), mail = template, "a mail was written to a file: no SMTP_URL is set");
                Ok(())
            }
        }
    }
}

/// `smtp://` is plain until both sides agree on encryption. With a password they must.
fn with_encryption(url: &str) -> String {
    let Some(rest) = url.strip_prefix("smtp://") else { return url.to_owned() };
    if rest.contains("tls=") {
        return url.to_owned();
    }
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let is_this_machine = ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.starts_with(name));
    let encryption = if rest.contains('@') && !is_this_machine { "required" } else { "opportunistic" };
    let separator = if rest.contains('?') { '&' } else { '?' };
    format!("{url}{separator}tls={encryption}")
}

/// What the URL says of encryption, with the authorities of this machine trusted too: mail servers in a house often have a
/// certificate of the house.
fn encryption(url: &str) -> Result<Option<Tls>, MailError> {
    let wrong = |what: &dyn std::fmt::Display| MailError::Settings(what.to_string());
    let url = Url::parse(&with_encryption(url)).map_err(|_| wrong(&"the address is not understood"))?;
    let kind = match url.query_pairs().find(|(name, _)| name == "tls") {
        _ if url.scheme() == "smtps" => Tls::Wrapper,
        Some((_, value)) if value == "required" => Tls::Required,
        Some((_, value)) if value == "opportunistic" => Tls::Opportunistic,
        _ => return Ok(None),
    };
    let mut parameters = TlsParameters::builder(url.host_str().unwrap_or_default().to_owned())
        .certificate_store(CertificateStore::WebpkiRoots);
    for authority in authorities_of_this_machine() {
        let certificate = Certificate::from_der(authority.to_vec()).map_err(|error| wrong(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    Ok(Some(kind(parameters.build().map_err(|error| wrong(&error))?)))
}

fn refusal(error: &smtp::Error) -> MailError {
    let code = error.status().map(|code| code.to_string());
    // The outer text alone says "connection error"; the cause is behind it.
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    if code.is_some_and(|code| NO_SUCH_MAILBOX.contains(&code.as_str())) {
        MailError::Refused(text)
    } else {
        MailError::Smtp(text)
    }
}

fn message(letter: &Letter) -> Result<Message, MailError> {
    let wrong = |error: &dyn std::fmt::Display| MailError::Message(error.to_string());
    let sender = mailbox(letter.from.name.clone(), &letter.from.address)?;
    Message::builder()
        .from(sender)
        .to(mailbox(None, &letter.to)?)
        .subject(letter.subject.as_str())
        .message_id(Some(message_id(letter)))
        .date(SystemTime::from(letter.at))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|error| wrong(&error))
}

fn mailbox(name: Option<String>, address: &EmailAddress) -> Result<Mailbox, MailError> {
    let address = address
        .as_str()
        .parse()
        .map_err(|error: lettre::address::AddressError| MailError::Message(error.to_string()))?;
    Ok(Mailbox::new(name, address))
}

fn message_id(letter: &Letter) -> String {
    let domain = letter.from.address.as_str().rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("<{}@{domain}>", letter.id)
}

/// The whole file or none; the same mail again replaces it. Links in mails are secrets: nobody else may read them.
fn write(folder: &Path, path: &Path, letter: &Letter) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Beside the folder, so that whoever looks into it finds finished mails only.
    let unfinished = folder.with_file_name(format!(".mail-{}", letter.id));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(as_file(letter).as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

/// As a mail program shows it, and as people read it in an editor: not encoded (RFC 6532), no line broken.
fn as_file(letter: &Letter) -> String {
    let Letter { from, to, subject, text, .. } = letter;
    let id = message_id(letter);
    format!(
        "From: {}\nTo: {to}\nSubject: {subject}\nDate: {}\nMessage-ID: {id}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}",
        shown(from),
        rfc_5322(letter.at)
    )
}

fn shown(from: &config::Mailbox) -> String {
    match &from.name {
        Some(name) => format!("\"{name}\" <{}>", from.address),
        None => from.address.to_string(),
    }
}

fn rfc_5322(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            from: config::Mailbox {
                name: Some("Hotel Seehof".to_owned()),
                address: "office@seehof.example".parse().unwrap(),
            },
            to: "guest@lake.example".parse().unwrap(),
            subject: "Grüße".to_owned(),
            text: "Guten Tag\n".to_owned(),
            at: "2026-11-23T09:30:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_same_mail_again_is_the_same_file() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let (folder, path) = (data.path().join("mail"), data.path().join("mail/1.eml"));
        for _ in 0..2 {
            write(&folder, &path, &letter()).unwrap();
        }
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "From: \"Hotel Seehof\" <office@seehof.example>\nTo: guest@lake.example\nSubject: Grüße\n\
             Date: Mon, 23 Nov 2026 09:30:00 +0000\n\
             Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@seehof.example>\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGuten Tag\n"
        );
    }

    #[test]
    fn a_message_carries_our_time_and_the_id_of_its_job() {
        let text = String::from_utf8(message(&letter()).unwrap().formatted()).unwrap();
        assert!(text.contains("Date: Mon, 23 Nov 2026 09:30:00 +0000\r\n"), "{text}");
        assert!(text.contains("Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@seehof.example>\r\n"), "{text}");
        assert!(text.contains("To: guest@lake.example\r\n"), "{text}");
    }

    #[test]
    fn a_password_is_never_sent_in_the_open() {
        for (url, expected) in [
            ("smtp://anna:secret@mail.example:587", "smtp://anna:secret@mail.example:587?tls=required"),
            ("smtp://mail.example:25", "smtp://mail.example:25?tls=opportunistic"),
            ("smtp://anna:secret@localhost:1025", "smtp://anna:secret@localhost:1025?tls=opportunistic"),
            ("smtp://mail.example:25?tls=required", "smtp://mail.example:25?tls=required"),
            ("smtps://anna:secret@mail.example:465", "smtps://anna:secret@mail.example:465"),
        ] {
            assert_eq!(with_encryption(url), expected);
            assert!(Way::smtp(url).is_ok(), "{url}");
        }
    }
}
