//! Lists of old addresses: sitemaps (sitemaps.org 0.9, packed or not, with the files that an index names beside it) and tables.

use std::{
    collections::HashSet,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use quick_xml::{Reader, events::Event};

use super::super::{
    TransferError, read_limited,
    text::{line_at, separator_of, text_of},
};

/// Bytes of a file, packed and unpacked: sitemaps.org allows 50 MB.
const FILE_SIZE_LIMIT: u64 = 64 * 1024 * 1024;
/// Files of an index.
const MOST_FILES: usize = 1_000;
/// What packed files begin with (RFC 1952 section 2.3.1).
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// Why a list without addresses is none: nothing would be looked at, and all of nothing is answered.
const EMPTY: &str = "There is no address in it.";

/// An old address, with the new one where the file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Old {
    pub address: String,
    pub new: Option<String>,
}

/// The addresses of a file.
pub(super) fn read(file: &Path, is_csv: bool, most: usize) -> Result<Vec<Old>, TransferError> {
    let wrong = |reason| TransferError::NotAddresses { file: file.to_owned(), reason };
    let too_many = || wrong(format!("At most {most} addresses are read."));
    if is_csv {
        let found = table(&text(file)?, most).map_err(wrong)?;
        return match found.len() {
            0 => Err(wrong(EMPTY.to_owned())),
            number if number > most => Err(too_many()),
            _ => Ok(found),
        };
    }
    let mut found = Vec::new();
    let mut waiting = vec![file.to_owned()];
    let mut known = HashSet::from([file.to_owned()]);
    let mut read = 0;
    while let Some(next) = waiting.pop() {
        read += 1;
        let wrong = |reason: String| TransferError::NotAddresses { file: next.clone(), reason };
        if read > MOST_FILES {
            return Err(wrong(format!("An index names at most {MOST_FILES} files.")));
        }
        let (addresses, files) = sitemap(&text(&next)?).map_err(wrong)?;
        found.extend(addresses.into_iter().map(|address| Old { address, new: None }));
        if found.len() > most {
            return Err(too_many());
        }
        for address in files.iter().rev() {
            let beside = beside(file, address).filter(|file| file.is_file());
            let absent = || wrong(format!("It is an index, and names {address}: put this file beside it."));
            let beside = beside.ok_or_else(absent)?;
            // One that is named twice, also by itself, is read once.
            if known.insert(beside.clone()) {
                waiting.push(beside);
            }
        }
    }
    if found.is_empty() { Err(wrong(EMPTY.to_owned())) } else { Ok(found) }
}

/// The file that an index names, in the folder of the index.
fn beside(index: &Path, address: &str) -> Option<PathBuf> {
    let name = address.split(['?', '#']).next()?.rsplit('/').next().filter(|name| !name.is_empty() && *name != "..")?;
    Some(index.with_file_name(name))
}

fn text(file: &Path) -> Result<String, TransferError> {
    let mut bytes = read_limited(file, FILE_SIZE_LIMIT)?;
    if bytes.starts_with(&GZIP) {
        let mut unpacked = Vec::new();
        let read = GzDecoder::new(bytes.as_slice()).take(FILE_SIZE_LIMIT + 1).read_to_end(&mut unpacked);
        read.map_err(|reason| TransferError::Unreadable { file: file.to_owned(), reason })?;
        if unpacked.len() as u64 > FILE_SIZE_LIMIT {
            return Err(TransferError::TooLarge { file: file.to_owned(), limit: FILE_SIZE_LIMIT });
        }
        bytes = unpacked;
    }
    let text = text_of(&bytes).map_err(|reason| TransferError::NotAddresses { file: file.to_owned(), reason })?;
    Ok(text.to_owned())
}

/// The addresses of pages and of further sitemaps.
fn sitemap(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let mut reader = Reader::from_str(text);
    let (mut pages, mut files) = (Vec::new(), Vec::new());
    let mut path: Vec<String> = Vec::new();
    let mut words = String::new();
    let line = |reader: &Reader<&[u8]>| {
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        line_at(text.as_bytes(), position)
    };
    loop {
        let event = reader.read_event().map_err(|error| format!("line {}: {error}.", line(&reader)))?;
        match event {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                if path.len() > 16 {
                    return Err(format!("line {}: elements lie too deep inside each other.", line(&reader)));
                }
                words.clear();
            }
            Event::Text(text) => words.push_str(&text),
            Event::CData(text) => words.push_str(&text),
            Event::GeneralRef(reference) => {
                let written = format!("&{};", &*reference);
                let text = quick_xml::escape::unescape(&written);
                words.push_str(&text.map_err(|_| format!("line {}: {written} is not known.", line(&reader)))?);
            }
            Event::DocType(_) => return Err(format!("line {}: a sitemap has no DOCTYPE.", line(&reader))),
            Event::End(_) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                match names[..] {
                    _ if words.trim().is_empty() => {}
                    ["urlset", "url", "loc"] => pages.push(words.trim().to_owned()),
                    ["sitemapindex", "sitemap", "loc"] => files.push(words.trim().to_owned()),
                    _ => {}
                }
                path.pop();
                words.clear();
            }
            Event::Eof if path.is_empty() => break,
            Event::Eof => return Err("The file ends in the middle.".to_owned()),
            _ => {}
        }
    }
    if pages.is_empty() && files.is_empty() {
        return Err("There is no address in it: a sitemap has <urlset> or <sitemapindex>.".to_owned());
    }
    Ok((pages, files))
}

/// The rows of a table with the columns `old` and `new`; the second may be empty or missing (RFC 4180).
fn table(text: &str, most: usize) -> Result<Vec<Old>, String> {
    let mut rows = records(text)?.into_iter();
    let head = rows.next().unwrap_or_default();
    let column = |wanted: &str| head.iter().position(|name| name.trim().eq_ignore_ascii_case(wanted));
    let Some(old) = column("old") else {
        return Err("line 1: the table needs a first line with the names of its columns, `old` and `new`.".to_owned());
    };
    let new = column("new");
    let cell = |row: &[String], place: usize| {
        row.get(place).map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty())
    };
    let of_row = |row: Vec<String>| Some(Old { address: cell(&row, old)?, new: new.and_then(|new| cell(&row, new)) });
    Ok(rows.filter_map(of_row).take(most.saturating_add(1)).collect())
}

fn records(text: &str) -> Result<Vec<Vec<String>>, String> {
    let separator = separator_of(text);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut row, mut cell): (Vec<String>, String) = (Vec::new(), String::new());
    let mut is_quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            _ if is_quoted => cell.push(letter),
            '\r' => {}
            '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ if letter == separator => row.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    if is_quoted {
        return Err(format!("line {}: a quotation mark has no end.", text.lines().count()));
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_any_program_are_read() {
        for (text, expected) in [
            ("old,new\n/a,/b\n/c,\n", vec![("/a", Some("/b")), ("/c", None)]),
            ("Old;New\r\n\"/a;x\";/b\r\n", vec![("/a;x", Some("/b"))]),
            ("old\tnew\n/a\t/b\n", vec![("/a", Some("/b"))]),
            ("hits,old\n3,\"/a \"\"q\"\"\"", vec![("/a \"q\"", None)]),
        ] {
            let found = table(text, 10).unwrap();
            let found: Vec<_> = found.iter().map(|old| (old.address.as_str(), old.new.as_deref())).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(table("/a,/b\n", 10).is_err());
        assert!(table("old,new\n\"/a", 10).unwrap_err().starts_with("line 2"));
    }

    #[test]
    fn a_sitemap_that_is_none_is_refused_with_its_line() {
        for (text, told) in [
            ("<html></html>", "no address"),
            ("<urlset>\n<url></urlset>", "line 2"),
            ("<urlset><url><loc> </loc></url></urlset>", "no address"),
            ("<!DOCTYPE x>\n<urlset/>", "DOCTYPE"),
            ("<urlset><url><loc>&bomb;</loc></url></urlset>", "&bomb;"),
        ] {
            let error = sitemap(text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
        let (pages, files) =
            sitemap("<urlset><url><loc> https://a.example/?a=1&amp;b=2 </loc></url></urlset>").unwrap();
        assert_eq!((pages, files), (vec!["https://a.example/?a=1&b=2".to_owned()], vec![]));
    }
}
