//! What a file is: by its content first, by its name where many kinds of content look the same.

/// Endings of office documents, which are all zip archives inside.
const ARCHIVES: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("epub", "application/epub+zip"),
];

/// Endings of texts that are more than lines.
const TEXTS: &[(&str, &str)] = &[
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("json", "application/json"),
    ("jsonl", "application/jsonl"),
    ("ndjson", "application/jsonl"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("xhtml", "text/html"),
    ("xml", "text/xml"),
    ("svg", "image/svg+xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("toml", "application/toml"),
];

/// Endings of source code: it is read by its lines.
const CODE: &[&str] = &[
    "rs", "py", "js", "mjs", "ts", "tsx", "jsx", "go", "java", "kt", "c", "h", "cc", "cpp", "hpp", "cs",
    "rb", "php", "swift", "scala", "sh", "bash", "zsh", "ps1", "sql", "lua", "pl", "r", "dart", "ex", "exs",
    "erl", "hs", "clj", "vue", "svelte", "css", "scss", "less", "ini", "cfg", "conf", "tf", "gradle", "make",
];

/// The type of a file from its name and its first bytes.
pub fn media_type(name: &str, head: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let named =
        |list: &'static [(&str, &str)]| list.iter().find(|(e, _)| *e == ending).map(|(_, kind)| *kind);
    let found = infer::get(head).map_or("", |kind| kind.mime_type());
    if found == "application/zip" {
        return named(ARCHIVES).unwrap_or("application/zip");
    }
    if ARCHIVES.iter().any(|(_, kind)| *kind == found) {
        return ARCHIVES.iter().find(|(_, kind)| *kind == found).map_or("application/zip", |(_, kind)| kind);
    }
    // A PDF may have some bytes of a printer's language before it begins.
    if head.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return "application/pdf";
    }
    let text = is_text(head);
    match found {
        "text/html" => "text/html",
        "" | "text/xml" | "text/x-shellscript" | "application/json" if text => named(TEXTS)
            .or_else(|| CODE.contains(&ending.as_str()).then_some("text/x-source"))
            .unwrap_or(if found == "text/xml" { "text/xml" } else { "text/plain" }),
        "" => "application/octet-stream",
        found => found,
    }
}

/// The same for what a server has declared the type of: its word tells one kind of text from another where the name
/// does not.
pub fn media_type_declared(name: &str, declared: Option<&str>, head: &[u8]) -> &'static str {
    let found = media_type(name, head);
    let said = |kind: &(&str, &'static str)| {
        Some(kind.1) == declared || (kind.0 == "html" && declared == Some("application/xhtml+xml"))
    };
    match TEXTS.iter().find(|kind| said(kind)) {
        Some((_, kind)) if found == "text/plain" => kind,
        _ => found,
    }
}

/// What a browser may be told that it is: nothing that could run on the address it came from.
pub fn served_as(media_type: &str) -> &str {
    if is_inert(media_type) { media_type } else { "application/octet-stream" }
}

/// A browser shows it and runs nothing.
pub fn is_inert(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" | "text/plain"
    )
}

/// Text in some encoding: no bytes that no text has. UTF-16 says so at its beginning.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    head.iter().all(|byte| !matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_more_than_a_name() {
        for (name, head, kind) in [
            ("a.pdf", &b"%PDF-1.7\n"[..], "application/pdf"),
            ("a.txt", b"%PDF-1.7\n", "application/pdf"),
            ("a.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            ("a.pdf", b"just text", "text/plain"),
            ("notes.MD", b"# Title", "text/markdown"),
            ("a.csv", b"a,b\n1,2", "text/csv"),
            ("main.rs", b"fn main() {}", "text/x-source"),
            ("page", b"<!DOCTYPE html><html><body>", "text/html"),
            ("a.docx", b"PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml", ARCHIVES[0].1),
            ("a.zip", b"PK\x03\x04\x14\0\0\0\x08\0a.txt", "application/zip"),
            ("utf16.txt", b"\xff\xfeh\0i\0", "text/plain"),
            ("latin1.txt", b"caf\xe9 cr\xe8me", "text/plain"),
            ("a.bin", b"\0\x01\x02\x03", "application/octet-stream"),
            ("a.txt", b"text\0with zero", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name, head), kind, "{name} {head:?}");
        }
    }

    #[test]
    fn a_declared_type_tells_texts_apart_and_nothing_else() {
        for (name, declared, head, kind) in [
            ("intro", Some("text/html"), &b"\xef\xbb\xbf<main>Hello"[..], "text/html"),
            ("intro", Some("application/xhtml+xml"), b"<main>Hello", "text/html"),
            ("intro", Some("text/html"), b"%PDF-1.7", "application/pdf"),
            ("intro", Some("image/png"), b"plain words", "text/plain"),
            ("intro", Some("text/html"), b"\0\x01", "application/octet-stream"),
            ("notes.md", Some("text/plain"), b"# A", "text/markdown"),
            ("intro", None, b"words", "text/plain"),
        ] {
            assert_eq!(media_type_declared(name, declared, head), kind, "{name} {declared:?}");
        }
    }

    #[test]
    fn nothing_that_runs_is_served_as_what_it_is() {
        for kind in ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript"] {
            assert_eq!(served_as(kind), "application/octet-stream");
        }
    }
}
