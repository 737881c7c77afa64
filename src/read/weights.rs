//! Files of weights: which format they have by their first bytes, and whether Git holds them or a pointer. Their bytes become a short
//! description, and that is what is read; of what is too large to be fetched only the name tells.

use sha2::{Digest, Sha256};

use crate::read::text::lines;
use crate::reading::{Kind, Reading};
use crate::scope::ScopeId;
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::{Outcome, Value};

/// The reader's name.
pub const NAME: &str = "weights";

/// Larger files are not fetched.
pub const MOST_BYTES: u64 = 4 << 20;

/// Endings that only such files have.
const ENDS: [&str; 11] = [".safetensors", ".gguf", ".ggml", ".onnx", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".msgpack"];

/// What files of weights that end in `.bin`, `.h5` or `.keras` are called.
const STEMS: [&str; 8] = ["model", "weights", "adapter", "pytorch", "consolidated", "optimizer", "diffusion", "checkpoint"];

/// Whether the path is a file of weights by its name.
#[must_use]
pub fn claims(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let some = [".bin", ".h5", ".keras"].iter().any(|end| name.ends_with(end)) && STEMS.iter().any(|stem| name.contains(stem));
    some || ENDS.iter().any(|end| name.ends_with(end))
}

/// What is said of a file: its format, how it is stored, its digest. `None` for bytes that are too many.
#[must_use]
pub fn describe(path: &str, bytes: Option<&[u8]>) -> String {
    let by_name = format_of_name(path);
    let Some(bytes) = bytes else { return format!("format: {by_name}\nstorage: raw\n") };
    if let Some(pointer) = std::str::from_utf8(bytes).ok().filter(|text| text.starts_with("version https://") && text.len() < 1024) {
        let oid = pointer.lines().find_map(|line| line.strip_prefix("oid ")).unwrap_or("");
        return format!("format: {by_name}\nstorage: pointer\ndigest: {oid}\n");
    }
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    let digest: String = Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    format!("format: {}\nstorage: raw\ndigest: sha256:{digest}\n", format_of_bytes(bytes).unwrap_or(by_name))
}

fn format_of_name(path: &str) -> &'static str {
    let lower = path.to_ascii_lowercase();
    match lower.rsplit('.').next().unwrap_or("") {
        "safetensors" => "safetensors",
        "gguf" | "ggml" => "gguf",
        "onnx" => "onnx",
        "msgpack" => "msgpack",
        "pt" | "pth" | "ckpt" | "pkl" | "pickle" | "joblib" | "bin" => "pickle",
        "h5" | "keras" => "keras",
        _ => "unknown",
    }
}

/// By the first bytes, whatever the name says.
fn format_of_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'G', b'G', b'U', b'F', ..] => Some("gguf"),
        // protocol 2 and later start with this operation
        [0x80, 2..=5, ..] => Some("pickle"),
        // torch's archive holds a pickle
        [b'P', b'K', 3, 4, ..] if memchr::memmem::find(bytes, b"data.pkl").is_some() => Some("pickle"),
        [0x89, b'H', b'D', b'F', ..] => Some("keras"),
        _ => {
            let length = bytes.get(..8)?.iter().rev().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            (bytes.get(8) == Some(&b'{') && length > 1 && length < 100 << 20).then_some("safetensors")
        }
    }
}

/// Reads a description.
#[must_use]
pub fn read(_path: &str, text: &str) -> Reading {
    let mut reading = Reading::new(Kind(NAME), text.len());
    for (start, line) in lines(text) {
        let Some((name, value)) = line.split_once(": ").filter(|(name, _)| matches!(*name, "format" | "storage" | "digest")) else {
            continue;
        };
        let at = start + name.len() + 2;
        let outcome = Outcome::One(Value::text(value));
        let (name_span, span) = (Span::new(start, at), Span::new(at, at + value.len()));
        reading
            .settings
            .push(Setting::named(ScopeId::ROOT, Surface::Directive, format!("weights {name}"), outcome, name_span, span).with_raw(text));
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        let format = |path: &str, bytes: &[u8]| describe(path, Some(bytes)).lines().next().unwrap_or("").to_owned();
        assert_eq!(format("model.safetensors", b"\x80\x04\x95abc"), "format: pickle");
        assert_eq!(format("model.bin", b"\x10\0\0\0\0\0\0\0{\"a\":1}"), "format: safetensors");
        assert_eq!(format("a.bin", b"GGUF\x03"), "format: gguf");
        assert_eq!(format("a.pt", b"PK\x03\x04..archive/data.pkl.."), "format: pickle");
        assert_eq!(format("a.onnx", b"\x08\x07"), "format: onnx");
        assert_eq!(describe("a.gguf", None), "format: gguf\nstorage: raw\n");
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 3\n";
        assert_eq!(describe("a.pt", Some(pointer)), "format: pickle\nstorage: pointer\ndigest: sha256:4d7a\n");
    }

    #[test]
    fn names_of_weights_are_known() {
        assert!(["a/model.safetensors", "pytorch_model-00001.bin", "x.gguf", "last.ckpt", "adapter_model.bin"].into_iter().all(claims));
        assert!(!["a.bin", "logo.png", "model.py", "model.json"].into_iter().any(claims));
        assert_eq!(read("a.pt", &describe("a.pt", Some(b"\x80\x02"))).settings.len(), 3);
    }
}
