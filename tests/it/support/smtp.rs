//! A mail server of the test's own, with the three ways of meeting one: in the open, changing to TLS, TLS from the start.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use data_encoding::BASE64;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::wait_until;

/// Who may send through the servers that ask.
pub const SENDER: (&str, &str) = ("hotels", "pass word");

/// How the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// In the open, and asks for no password.
    Openly,
    /// In the open until the client asks for TLS; takes no mail and no password before that.
    TlsWhenAsked,
    /// TLS from the first byte.
    Tls,
}

/// A running mail server; what it took is kept.
pub struct MailServer {
    port: u16,
    authority: PathBuf,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Starts one. Its certificate is signed by an authority that only the file [`MailServer::authority`] names.
    pub fn start(speaks: Speaks, folder: &Path) -> Self {
        let (config, authority) = identity();
        let file = folder.join(format!("authority-{speaks:?}.pem"));
        std::fs::write(&file, authority).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::default();
        let kept = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, kept) = (Arc::clone(&config), Arc::clone(&kept));
                // A client that hangs up in the middle, as one does that distrusts the certificate, is no fault of the server.
                thread::spawn(move || stream.ok().and_then(|stream| serve(stream, speaks, &config, &kept)));
            }
        });
        Self { port, authority: file, taken }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority, as `SSL_CERT_FILE` takes it.
    pub fn authority(&self) -> &str {
        self.authority.to_str().unwrap()
    }

    /// The first mail that holds the text, once it is there.
    pub fn mail_with(&self, text: &str) -> String {
        wait_until("the mail", || self.taken().into_iter().find(|mail| mail.contains(text)))
    }

    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn identity() -> (Arc<ServerConfig>, String) {
    let mut house = CertificateParams::new(Vec::new()).unwrap();
    house.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = house.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(house, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    (Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap()), authority)
}

fn serve(stream: TcpStream, speaks: Speaks, config: &Arc<ServerConfig>, kept: &Mutex<Vec<String>>) -> Option<()> {
    let over_tls = |stream| Some(StreamOwned::new(ServerConnection::new(Arc::clone(config)).ok()?, stream));
    if speaks == Speaks::Tls {
        return converse(over_tls(stream)?, speaks, true, true, kept).map(drop);
    }
    match converse(stream, speaks, false, true, kept)? {
        End::Upgrade(stream) => converse(over_tls(stream)?, speaks, true, false, kept).map(drop),
        End::Goodbye => Some(()),
    }
}

/// How a conversation ended.
enum End<S> {
    Goodbye,
    /// The client asked for TLS on this stream.
    Upgrade(S),
}

/// One conversation (RFC 5321); nothing where the client hung up in the middle.
fn converse<S: Read + Write>(
    stream: S,
    speaks: Speaks,
    is_sealed: bool,
    greets: bool,
    kept: &Mutex<Vec<String>>,
) -> Option<End<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        say(&mut stream, "220 localhost")?;
    }
    let mut is_known = speaks == Speaks::Openly;
    loop {
        let line = hear(&mut stream)?;
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match word.to_ascii_uppercase().as_str() {
            "EHLO" if speaks == Speaks::Openly => say(&mut stream, "250 localhost")?,
            "EHLO" if is_sealed => say(&mut stream, "250-localhost\r\n250 AUTH PLAIN")?,
            "EHLO" => say(&mut stream, "250-localhost\r\n250 STARTTLS")?,
            "STARTTLS" if speaks == Speaks::TlsWhenAsked && !is_sealed => {
                say(&mut stream, "220 go on")?;
                return Some(End::Upgrade(stream.into_inner()));
            }
            "AUTH" if is_sealed => {
                let given = BASE64.decode(rest.strip_prefix("PLAIN ")?.as_bytes()).ok()?;
                is_known = given == format!("\0{}\0{}", SENDER.0, SENDER.1).as_bytes();
                say(&mut stream, if is_known { "235 welcome" } else { "535 wrong password" })?;
            }
            "MAIL" if !is_known => say(&mut stream, "530 who are you")?,
            "MAIL" | "RCPT" | "RSET" | "NOOP" => say(&mut stream, "250 well")?,
            "DATA" => {
                say(&mut stream, "354 tell")?;
                let mut mail = String::new();
                loop {
                    let line = hear(&mut stream)?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                kept.lock().unwrap().push(mail);
                say(&mut stream, "250 taken")?;
            }
            "QUIT" => {
                say(&mut stream, "221 bye")?;
                return Some(End::Goodbye);
            }
            _ => say(&mut stream, "502 not here")?,
        }
    }
}

fn say<S: Read + Write>(stream: &mut BufReader<S>, text: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).ok()?;
    stream.get_mut().flush().ok()
}

fn hear<S: Read>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
}
