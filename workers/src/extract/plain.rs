//! Text in any encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::{Form, Page, Text};

/// A one-line JSON document has no places to cut it at.
const LONG_LINE: usize = 10_000;

pub(super) fn read(kind: &str, bytes: &[u8]) -> Text {
    let mut text = decode(bytes);
    if kind == "application/json"
        && text.lines().any(|line| line.len() > LONG_LINE)
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(&text)
        && let Ok(pretty) = serde_json::to_string_pretty(&value)
    {
        text = pretty;
    }
    let form = if kind == "text/markdown" { Form::Markdown } else { Form::Plain };
    Text { form, pages: vec![Page { number: None, text }], ..Text::default() }
}

/// By its mark, as UTF-8 where it is that, else as what it looks like. Lines end in `\n`, and no character is left
/// that a database refuses.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => guess(bytes).decode_without_bom_handling(bytes).0,
        },
    };
    clean(&text)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    // Broken UTF-8 is more likely than any encoding in which it makes no sense either.
    if guessed.decode_without_bom_handling(bytes).1 { UTF_8 } else { guessed }
}

pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            '\u{c}' => out.push('\n'),
            c if c.is_control() || c == '\u{feff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_becomes_the_same_text() {
        let said = "Größe: naïve café – 5 €";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(said.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(said.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let marked: Vec<u8> = b"\xef\xbb\xbf".iter().copied().chain(said.bytes()).collect();
        let latin = encoding_rs::WINDOWS_1252.encode(said).0.into_owned();
        for bytes in [said.as_bytes().to_vec(), utf16, big, marked, latin] {
            assert_eq!(decode(&bytes), said);
        }
        let japanese = "日本語の文章です。これはテストのための短い文書です。";
        assert_eq!(decode(&encoding_rs::SHIFT_JIS.encode(japanese).0), japanese);
    }

    #[test]
    fn lines_end_alike_and_no_zero_stays() {
        assert_eq!(decode(b"a\r\nb\rc\0d\x0ce"), "a\nb\ncd\ne");
    }
}
