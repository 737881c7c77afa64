//! How much of a file is read, and how bytes become text. The same in CI and on a developer's machine.

/// Deepest nesting that any reader follows.
pub const DEPTH: usize = 128;

/// Most values of one file, aliases unfolded.
pub const VALUES: usize = 200_000;

/// The largest file a reader takes, in bytes.
#[must_use]
pub fn most_bytes(reader: &super::Reader) -> u64 {
    match reader.name {
        "manifest" => 8 << 20,
        super::weights::NAME => super::weights::MOST_BYTES,
        _ if reader.is_code() => 2 << 20,
        // their parsers take a hundred times the text's memory
        "hcl" | "xml" => 4 << 20,
        _ => 5 << 20,
    }
}

/// Bytes as text: UTF-8 with or without a byte order mark (which stays, so that offsets are the file's), UTF-16 with one.
///
/// # Errors
/// Any other bytes, in one line.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let utf16 = |little: bool| -> Result<String, String> {
        if bytes.len() % 2 == 1 {
            return Err("it is not well-formed UTF-16".into());
        }
        let units = bytes.get(2..).unwrap_or_default().chunks(2).map(|pair| match pair {
            [a, b] if little => u16::from_le_bytes([*a, *b]),
            [a, b] => u16::from_be_bytes([*a, *b]),
            _ => 0xFFFD, // never: the length is even
        });
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| "it is not well-formed UTF-16".to_owned())
    };
    match bytes.get(..2) {
        Some([0xFF, 0xFE]) => utf16(true),
        Some([0xFE, 0xFF]) => utf16(false),
        _ if bytes.contains(&0) => Err("it holds NUL bytes; it is no text".into()),
        _ => String::from_utf8(bytes).map_err(|error| format!("byte {} is not UTF-8", error.utf8_error().valid_up_to())),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_comes_in_utf_8_and_utf_16() {
        assert_eq!(decode(b"a\xC3\xA9".to_vec()).unwrap(), "aé");
        assert_eq!(decode(b"\xFF\xFEa\0".to_vec()).unwrap(), "a");
        assert_eq!(decode(b"\xFE\xFF\0a".to_vec()).unwrap(), "a");
        assert!(decode(b"a\0b".to_vec()).is_err());
        assert!(decode(b"\xFF\xFEa".to_vec()).is_err());
        assert!(decode(b"a\xFFb".to_vec()).unwrap_err().contains("byte 1"));
    }
}
