//! Files by what is in them: a blob is named by the SHA-256 of its bytes, so that it never changes and is kept once; in a
//! folder of the data directory, or in a bucket of an S3-compatible storage.
//!
//! A blob is kept for good before a row names it. One that no row names is rubbish, and harmless.

mod bucket;
mod folder;

use std::{fs::File, io, path::PathBuf, pin::Pin};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    task::spawn_blocking,
};
use tokio_util::io::StreamReader;

use self::{bucket::Bucket, folder::Folder};
use crate::{clock::Randomness, config};

/// Characters of a blob's name: SHA-256 in hexadecimal digits.
pub const NAME_LENGTH: usize = 64;

/// The store of blobs. Clones are the same.
#[derive(Clone, Debug)]
pub struct Blobs {
    /// Of a store in a bucket: where files land, and what was there before there was a bucket.
    folder: Folder,
    bucket: Option<Bucket>,
}

/// The bytes of a blob, as they come.
pub type Reading = Pin<Box<dyn AsyncRead + Send>>;

/// A blob that is there.
#[derive(Debug)]
pub struct Found {
    size: u64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(File),
    Object { bucket: Bucket, name: String, ending: String },
}

impl Blobs {
    /// The store in this folder, or in the bucket where there is one.
    pub fn new(folder: PathBuf, bucket: Option<&config::Bucket>, randomness: Randomness) -> io::Result<Self> {
        Ok(Self { folder: Folder::new(folder, randomness), bucket: bucket.map(Bucket::new).transpose()? })
    }

    /// Keeps bytes and answers their name. They are kept for good, and found under the name after a power cut, when this
    /// returns. `ending` and `media_type` say what they are to whoever serves them without us.
    pub async fn put(&self, bytes: Vec<u8>, ending: &str, media_type: &str) -> io::Result<String> {
        match &self.bucket {
            Some(bucket) => bucket.put(bytes, ending, media_type).await,
            None => self.on_disk(move |folder| folder.put(&bytes)).await,
        }
    }

    /// A file without a name for bytes that are on their way: gone with whoever holds it, also after a crash.
    pub async fn landing(&self) -> io::Result<File> {
        self.on_disk(|folder| folder.landing()).await
    }

    /// A blob; nothing where there is none of this name.
    pub async fn find(&self, name: &str, ending: &str) -> io::Result<Option<Found>> {
        if !is_name(name) {
            return Ok(None);
        }
        if let Some(bucket) = &self.bucket
            && let Some(size) = bucket.size(name, ending).await?
        {
            let source = Source::Object { bucket: bucket.clone(), name: name.to_owned(), ending: ending.to_owned() };
            return Ok(Some(Found { size, source }));
        }
        let name = name.to_owned();
        self.on_disk(move |folder| {
            let Some(file) = folder.open(&name)? else { return Ok(None) };
            Ok(Some(Found { size: file.metadata()?.len(), source: Source::File(file) }))
        })
        .await
    }

    /// All blobs in the folder, with what a crash left behind half-written; some 100 bytes of memory for each. Nothing of a
    /// bucket: another installation may keep its files in the same one, and to nobody is told what is whose.
    pub async fn list(&self) -> io::Result<Vec<String>> {
        self.on_disk(|folder| folder.list()).await
    }

    /// Removes from the folder what [`Blobs::list`] told of. One that is gone already is no error.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        let name = name.to_owned();
        self.on_disk(move |folder| folder.remove(&name)).await
    }

    /// Whether blobs can be kept and found.
    pub async fn check(&self) -> io::Result<()> {
        match &self.bucket {
            Some(bucket) => bucket.check().await,
            None => Ok(()),
        }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(Folder) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = self.folder.clone();
        spawn_blocking(move || work(folder)).await.map_err(io::Error::other)?
    }
}

impl Found {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A part of it.
    pub async fn part(self, from: u64, length: u64) -> io::Result<Reading> {
        match self.source {
            Source::File(file) => {
                let file = spawn_blocking(move || folder::from(file, from)).await.map_err(io::Error::other)??;
                Ok(Box::pin(tokio::fs::File::from_std(file).take(length)))
            }
            Source::Object { bucket, name, ending } => {
                let stream = bucket.read(&name, &ending, from, length).await?;
                Ok(Box::pin(StreamReader::new(stream)))
            }
        }
    }

    /// It as a file of this machine, at its start.
    pub async fn into_file(self, blobs: &Blobs) -> io::Result<File> {
        if let Source::File(file) = self.source {
            return Ok(file);
        }
        let size = self.size;
        let mut landing = tokio::fs::File::from_std(blobs.landing().await?);
        let copied = tokio::io::copy(&mut self.part(0, size).await?, &mut landing).await?;
        if copied != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        tokio::io::AsyncWriteExt::flush(&mut landing).await?;
        let landed = landing.into_std().await;
        spawn_blocking(move || folder::from(landed, 0)).await.map_err(io::Error::other)?
    }
}

/// Whether a text can be a blob's name; anything else never reaches the disk.
pub fn is_name(text: &str) -> bool {
    text.len() == NAME_LENGTH && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}
