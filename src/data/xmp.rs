//! What a picture's XMP packet says about people: where it was taken, whose camera took it, who is on it. A packet is XML as it stands,
//! in whatever container; one that is packed is not seen.

use aho_corasick::AhoCorasick;

use super::kind::Kind;

/// Bytes of one packet that are looked at: longer ones hold previews.
const MOST_BYTES: usize = 1 << 20;

/// Properties that name a person or one camera, with the name that a finding gives them. Who made a picture may state a right in it.
const OWNERS: [(&str, &str); 8] = [
    ("aux:OwnerName", "CameraOwnerName"),
    ("exifEX:CameraOwnerName", "CameraOwnerName"),
    ("aux:SerialNumber", "BodySerialNumber"),
    ("exifEX:BodySerialNumber", "BodySerialNumber"),
    ("aux:LensSerialNumber", "LensSerialNumber"),
    ("exifEX:LensSerialNumber", "LensSerialNumber"),
    ("Iptc4xmpExt:PersonInImage", "PersonInImage"),
    ("mwg-rs:Name", "PersonInImage"),
];

/// The telling properties of a picture; their values are not kept.
#[must_use]
pub fn tags(bytes: &[u8]) -> Vec<(Kind, &'static str)> {
    let Some(packet) = packet(bytes) else { return Vec::new() };
    let mut found = Vec::new();
    if says(&packet, "exif:GPSLatitude") && says(&packet, "exif:GPSLongitude") {
        found.push((Kind::ImageLocation, "GPS"));
    }
    for (property, name) in OWNERS {
        if says(&packet, property) && !found.contains(&(Kind::ImageOwner, name)) {
            found.push((Kind::ImageOwner, name));
        }
    }
    found
}

/// The first packet as text.
fn packet(bytes: &[u8]) -> Option<String> {
    let ends = AhoCorasick::new(["<x:xmpmeta", "</x:xmpmeta>"]).ok()?;
    let mut marks = ends.find_iter(bytes);
    let start = marks.find(|mark| mark.pattern().as_usize() == 0)?.start();
    let end = marks.find(|mark| mark.pattern().as_usize() == 1).map_or(bytes.len(), |mark| mark.end());
    let inside = bytes.get(start..end.min(start.saturating_add(MOST_BYTES)))?;
    Some(String::from_utf8_lossy(inside).into_owned())
}

/// Whether a property has a value: as an attribute, as an element, or as an element with a list.
fn says(packet: &str, property: &str) -> bool {
    packet.match_indices(property).any(|(at, _)| {
        let rest = packet.get(at + property.len()..).unwrap_or("");
        let value = if let Some(rest) = rest.trim_start().strip_prefix('=') {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            quote.and_then(|quote| rest.get(1..)?.split(quote).next()).unwrap_or("").to_owned()
        } else if rest.starts_with(['>', ' ', '\n']) {
            let inside = rest.split_once(&format!("</{property}>")).map_or("", |(inside, _)| inside);
            let inside = inside.split_once('>').map_or("", |(_, inside)| inside);
            inside.split('<').filter_map(|part| part.split_once('>').map_or(Some(part), |(_, text)| Some(text))).collect()
        } else {
            String::new()
        };
        value.chars().any(|c| c.is_alphanumeric() && c != '0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(packet: &str) -> Vec<&'static str> {
        let picture = [&b"\xFF\xD8\xFF\xE1\0\0http://ns.adobe.com/xap/1.0/\0"[..], packet.as_bytes(), b"\xFF\xD9\xFF"].concat();
        tags(&picture).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn places_cameras_and_people_are_seen_in_every_form() {
        let packet = r#"<x:xmpmeta><rdf:Description exif:GPSLatitude="52,31.1N" exif:GPSLongitude='13,24E' aux:SerialNumber="770012">
            <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Jane Roe</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
            <aux:OwnerName>Jane</aux:OwnerName></rdf:Description></x:xmpmeta>"#;
        assert_eq!(names(packet), ["GPS", "CameraOwnerName", "BodySerialNumber", "PersonInImage"]);
    }

    #[test]
    fn empty_properties_authors_and_other_words_are_not() {
        let packet = r#"<x:xmpmeta><rdf:Description exif:GPSLatitude="" exif:GPSLongitude="13E" aux:SerialNumber="0" aux:SerialNumberX="9">
            <dc:creator><rdf:Seq><rdf:li>Jane Roe</rdf:li></rdf:Seq></dc:creator><aux:OwnerName/></rdf:Description></x:xmpmeta>"#;
        assert_eq!(names(packet), [""; 0]);
        assert_eq!(names("no packet, aux:OwnerName=\"Jane\""), [""; 0]);
    }

    #[test]
    fn whatever_is_cut_does_not_panic() {
        let packet = r#"<x:xmpmeta><a aux:OwnerName="Jané"><mwg-rs:Name>J</mwg-rs:Name></a></x:xmpmeta>"#;
        for at in 0..packet.len() {
            let _ = tags(&packet.as_bytes()[..at]);
        }
    }
}
