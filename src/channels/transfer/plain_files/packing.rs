//! A folder of plain files as one file to download: gzip of a tar file, in the order of names, at fixed times.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// Packs what is in a folder. The file stands there whole, or not at all.
pub fn pack(folder: &Path, to: &Path) -> io::Result<()> {
    let parent = to.parent().unwrap_or(Path::new("."));
    let unfinished = tempfile::NamedTempFile::new_in(parent)?;
    let mut archive = tar::Builder::new(GzEncoder::new(BufWriter::new(unfinished), Compression::default()));
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        let mut inside: Vec<_> = fs::read_dir(folder.join(&below))?.collect::<Result<_, _>>()?;
        inside.sort_by_key(fs::DirEntry::file_name);
        let (folders, files): (Vec<_>, Vec<_>) = inside.into_iter().partition(|entry| entry.path().is_dir());
        // The last one in is the next one out.
        waiting.extend(folders.iter().rev().map(|entry| below.join(entry.file_name())));
        for entry in files {
            let file = File::open(entry.path())?;
            let mut header = tar::Header::new_ustar();
            header.set_size(file.metadata()?.len());
            header.set_mode(0o644);
            header.set_mtime(0);
            archive.append_data(&mut header, below.join(entry.file_name()), file)?;
        }
    }
    let mut written = archive.into_inner()?.finish()?;
    written.flush()?;
    let written = written.into_inner().map_err(io::IntoInnerError::into_error)?;
    written.as_file().sync_all()?;
    written.persist(to).map_err(|error| error.error)?;
    Ok(())
}
