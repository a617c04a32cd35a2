//! Bytes to text. Positions are kept: a byte-order mark and CRLF stay in the text, and the lexer steps over them.

use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_SOURCE_BYTES;
use crate::span::Span;

/// The text of a source, byte for byte.
///
/// # Errors
/// One diagnostic if the source is over 1 MiB, is not UTF-8, or has a NUL byte in it. Its span is a byte range of
/// `source`, and also of its lossy conversion, as only the first bad place is reported.
pub fn decode(source: &[u8]) -> Result<&str, Diagnostic> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(Diagnostic::new(
            Code::SourceTooLarge,
            format!("the file has more than {MAX_SOURCE_BYTES} bytes (1 MiB), which is the most that is read"),
        ));
    }
    if source.starts_with(&[0xFF, 0xFE]) || source.starts_with(&[0xFE, 0xFF]) {
        return Err(Diagnostic::new(Code::InvalidUtf8, "the file is UTF-16, not UTF-8")
            .label(Span::new(0, 2), "UTF-16 byte-order mark")
            .help("save it as UTF-8"));
    }
    let text = std::str::from_utf8(source).map_err(|error| {
        let start = error.valid_up_to();
        let end = start + error.error_len().unwrap_or(source.len() - start);
        let bytes: Vec<String> = source[start..end].iter().map(|byte| format!("{byte:#04x}")).collect();
        Diagnostic::new(Code::InvalidUtf8, format!("byte {start} is not valid UTF-8 ({})", bytes.join(" ")))
            .label(Span::new(start, end), "not UTF-8")
            .help("save the file as UTF-8")
    })?;
    if let Some(start) = text.find('\0') {
        let count = text.bytes().filter(|&byte| byte == 0).count();
        let message = if count == 1 {
            format!("byte {start} is NUL")
        } else {
            format!("{count} bytes are NUL, the first at byte {start}")
        };
        return Err(Diagnostic::new(Code::NulByte, message)
            .label(Span::new(start, start + 1), "NUL byte")
            .help("a .pde file is plain text; this one may be binary or damaged"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_are_located() {
        let error = decode(b"pde a {\n\xff}").unwrap_err();
        assert_eq!((error.code, error.span()), (Code::InvalidUtf8, Span::new(8, 9)));
        // A character cut off at the end of the file.
        assert_eq!(decode(b"ab\xe2\x88").unwrap_err().span(), Span::new(2, 4));
        let error = decode(b"a\0b\0").unwrap_err();
        assert_eq!((error.code, error.span()), (Code::NulByte, Span::new(1, 2)));
        assert!(error.message.contains("2 bytes"));
        assert!(decode(b"\xff\xfep\0").unwrap_err().message.contains("UTF-16"));
    }

    #[test]
    fn the_limit_is_exact() {
        assert!(decode(&vec![b' '; MAX_SOURCE_BYTES]).is_ok());
        assert_eq!(decode(&vec![b' '; MAX_SOURCE_BYTES + 1]).unwrap_err().code, Code::SourceTooLarge);
    }
}
