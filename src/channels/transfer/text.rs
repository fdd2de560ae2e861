//! The text of a file as people and their programs save it: UTF-8, or a sentence that says how to save it so.

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What stands between the cells of a table: as RFC 4180 has it, as spreadsheets of Europe have it, as what is copied out of one.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The text of a file, or the line at which it is none, and what to do.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    // UTF-16 has a zero in each plain letter; files that are no text at all have zeros too.
    let marks: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
    if marks.iter().any(|mark| bytes.starts_with(mark)) || bytes.contains(&0) {
        return Err("line 1: this is UTF-16, or no text at all. Save the file as UTF-8 and import it again.".to_owned());
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(bytes, error.valid_up_to());
        format!("line {line}: this is not UTF-8 text. Save the file as UTF-8 and import it again.")
    })
}

/// The line in which a byte of a text stands.
pub(super) fn line_at(bytes: &[u8], position: usize) -> usize {
    ends_of_lines(bytes.get(..position).unwrap_or(bytes)) + 1
}

/// How many lines end in a piece of a text.
pub(super) fn ends_of_lines(bytes: &[u8]) -> usize {
    bytes.iter().map(|byte| usize::from(*byte == b'\n')).sum()
}

/// What stands between the cells of a table: of those that could, what its first line has most often.
pub(super) fn separator_of(table: &str) -> char {
    let first = table.lines().next().unwrap_or_default();
    let often = |separator: &char| first.matches(*separator).count();
    // Of several that stand there as often the first one counts.
    SEPARATORS.into_iter().rev().max_by_key(often).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf_8_is_told_with_its_line_and_what_to_do() {
        assert_eq!(text_of(b"\xef\xbb\xbfa;b"), Ok("a;b"));
        for (bytes, line) in [
            (&b"name\nK\xfcche"[..], "line 2: this is not UTF-8"),
            (&b"\xff\xfea\0;\0"[..], "line 1: this is UTF-16"),
            (&b"\xfe\xff\0a\0;"[..], "line 1: this is UTF-16"),
            (&b"a\0;\0"[..], "line 1: this is UTF-16"),
            (&b"PK\x03\x04\0\0"[..], "line 1: this is UTF-16, or no text"),
        ] {
            let error = text_of(bytes).unwrap_err();
            assert!(error.starts_with(line) && error.contains("Save the file as UTF-8"), "{error}");
        }
    }

    #[test]
    fn the_first_line_says_what_stands_between_cells() {
        for (table, separator) in
            [("a,b;c,d", ','), ("a;b,c;d", ';'), ("a\tb\n1,2,3", '\t'), ("a", ','), ("", ','), ("a,b;c", ',')]
        {
            assert_eq!(separator_of(table), separator, "{table:?}");
        }
    }
}
