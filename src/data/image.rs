//! What a picture's EXIF tags and XMP packet say about people: where it was taken, and whose camera took it.

use std::io::Cursor;

use exif::{In, Reader, Tag};

use super::kind::Kind;

/// Tags that name a person or one camera.
const OWNERS: [(Tag, &str); 4] = [
    (Tag::Artist, "Artist"),
    (Tag::CameraOwnerName, "CameraOwnerName"),
    (Tag::BodySerialNumber, "BodySerialNumber"),
    (Tag::LensSerialNumber, "LensSerialNumber"),
];

/// Whether the bytes start as a picture's do whose tags are read.
#[must_use]
pub fn is(bytes: &[u8]) -> bool {
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let brand = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp"));
    let heif = brand.is_some_and(|brand| [b"heic", b"heix", b"mif1", b"avif"].iter().any(|one| one.as_slice() == brand));
    riff || heif || [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*"].iter().any(|start| bytes.starts_with(start))
}

/// The telling tags of a picture, each once; their values are not kept.
#[must_use]
pub fn tags(bytes: &[u8]) -> Vec<(Kind, &'static str)> {
    let mut found = exif(bytes);
    for tag in super::xmp::tags(bytes) {
        if !found.contains(&tag) {
            found.push(tag);
        }
    }
    found
}

fn exif(bytes: &[u8]) -> Vec<(Kind, &'static str)> {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(bytes)).or_else(|error| error.distill_partial_result(drop));
    let Ok(read) = read else { return Vec::new() };
    let said = |tag: Tag| {
        let shown = read.get_field(tag, In::PRIMARY).map(|field| field.display_value().to_string());
        shown.is_some_and(|text| text.chars().any(|c| c.is_alphanumeric() && c != '0'))
    };
    let mut found = Vec::new();
    if said(Tag::GPSLatitude) && said(Tag::GPSLongitude) {
        found.push((Kind::ImageLocation, "GPS"));
    }
    found.extend(OWNERS.into_iter().filter(|(tag, _)| said(*tag)).map(|(_, name)| (Kind::ImageOwner, name)));
    found
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A JPEG with tags of these kinds: an offset-free TIFF block in its first segment.
    pub fn jpeg(artist: &str, gps: bool) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
        };
        let text = [artist.as_bytes(), b"\0"].concat();
        // the first directory ends at 8 + 2 + 2 * 12 + 4 = 38, the text follows, then the directory of places
        let (text_at, gps_at) = (38_u32, 38 + u32::try_from(text.len()).unwrap());
        tiff.extend(2_u16.to_le_bytes());
        tiff.extend(entry(0x013b, 2, u32::try_from(text.len()).unwrap(), text_at));
        tiff.extend(entry(if gps { 0x8825 } else { 0x0100 }, 4, 1, if gps { gps_at } else { 1 }));
        tiff.extend(0_u32.to_le_bytes());
        tiff.extend(&text);
        if gps {
            let numbers_at = gps_at + 2 + 24 + 4;
            tiff.extend(2_u16.to_le_bytes());
            tiff.extend(entry(2, 5, 3, numbers_at));
            tiff.extend(entry(4, 5, 3, numbers_at));
            tiff.extend(0_u32.to_le_bytes());
            for number in [52_u32, 1, 31, 1, 7, 1] {
                tiff.extend(number.to_le_bytes());
            }
        }
        let length = u16::try_from(tiff.len() + 8).unwrap();
        [&b"\xFF\xD8\xFF\xE1"[..], &length.to_be_bytes(), b"Exif\0\0", &tiff, b"\xFF\xD9"].concat()
    }

    #[test]
    fn places_and_owners_are_seen_and_empty_tags_are_not() {
        assert!(is(&jpeg("x", false)));
        let names = |bytes: &[u8]| tags(bytes).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names(&jpeg("Jane Roe", true)), ["GPS", "Artist"]);
        assert_eq!(names(&jpeg("Jane Roe", false)), ["Artist"]);
        assert!(names(&jpeg(" ", false)).is_empty());
        assert!(names(b"\x89PNG\r\n\x1a\n").is_empty());
    }

    #[test]
    fn whatever_is_cut_or_turned_does_not_panic() {
        let whole = jpeg("Jane Roe", true);
        for at in 0..whole.len() {
            let _ = tags(&whole[..at]);
            let mut turned = whole.clone();
            turned[at] ^= 0xff;
            let _ = tags(&turned);
        }
    }
}
