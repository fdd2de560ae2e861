//! Blobs in a bucket of an S3-compatible storage. A blob is durable when the storage has answered that it has it.

use std::{io, time::Duration};

use opendal::{
    ErrorKind, Operator,
    layers::{RetryLayer, TimeoutLayer},
    services::S3,
};

use crate::{config::Bucket as Settings, crypto::sha256_hex};

/// How long a call may go without an answer, and a transfer without a byte: longer than any storage that works needs.
const LONGEST_CALL: Duration = Duration::from_secs(15);
/// Tries of a call that failed in a way that may pass.
const TRIES: usize = 3;
/// What stands before a blob's name, so that the key is the path of its address: `media/NAME.jpg`.
const FOLDER: &str = "media";

/// The bucket.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    operator: Operator,
    cache_control: String,
}

impl Bucket {
    /// Nothing is asked of it yet.
    pub(super) fn new(settings: &Settings) -> io::Result<Self> {
        opendal_http_transport_reqwest::install_default();
        let mut builder = S3::default()
            .bucket(&settings.name)
            .region(&settings.region)
            .access_key_id(&settings.access_key_id)
            .secret_access_key(&settings.secret_access_key)
            // What this process stores with is what its settings say, not what lies about on the machine.
            .disable_config_load()
            .disable_ec2_metadata();
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.endpoint(endpoint.as_str());
        }
        let operator = Operator::new(builder)
            .map_err(failed)?
            .layer(TimeoutLayer::new().with_timeout(LONGEST_CALL).with_io_timeout(LONGEST_CALL))
            .layer(RetryLayer::new().with_max_times(TRIES).with_jitter());
        Ok(Self { operator, cache_control: settings.cache_control.clone() })
    }

    pub(super) async fn put(&self, bytes: Vec<u8>, ending: &str, media_type: &str) -> io::Result<String> {
        let name = sha256_hex(&bytes);
        let key = key(&name, ending);
        let writing = self.operator.write_with(&key, bytes).content_type(media_type);
        let mut writing = writing.cache_control(&self.cache_control);
        // From the bucket's own domain, nothing of ours tells a browser to keep a document out of its window.
        if ending == "pdf" {
            writing = writing.content_disposition("attachment");
        }
        writing.await.map_err(failed)?;
        Ok(name)
    }

    /// Bytes of a blob; nothing where there is none of this name.
    pub(super) async fn size(&self, name: &str, ending: &str) -> io::Result<Option<u64>> {
        match self.operator.stat(&key(name, ending)).await {
            Ok(found) => Ok(Some(found.content_length())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// A part of a blob, as it comes.
    pub(super) async fn read(
        &self,
        name: &str,
        ending: &str,
        from: u64,
        length: u64,
    ) -> io::Result<opendal::FuturesBytesStream> {
        let reader = self.operator.reader(&key(name, ending)).await.map_err(failed)?;
        reader.into_bytes_stream(from..from + length).await.map_err(failed)
    }

    /// Whether the storage answers, and lets this key in.
    pub(super) async fn check(&self) -> io::Result<()> {
        self.operator.stat(&format!("{FOLDER}/")).await.map(drop).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(failed(error)),
        })
    }
}

fn key(name: &str, ending: &str) -> String {
    format!("{FOLDER}/{name}.{ending}")
}

/// One kind for all: whoever waits for a file cannot do anything about the difference; the log has it.
fn failed(error: opendal::Error) -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, format!("the bucket: {error}"))
}
