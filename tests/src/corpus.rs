//! Makes documents of every kind that is read: small, real, and each with words of its own.

mod epub;
mod office;
mod pdf;

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub use epub::epub;
pub use office::{docx, odt, pptx, xlsx};
pub use pdf::{pdf, scanned};

/// A document and something that only it says.
#[derive(Clone, Debug)]
pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
    /// A sentence that is on its last page.
    pub says: String,
    pub pages: Option<u32>,
}

/// The kinds of document, by their endings.
pub const KINDS: [&str; 12] =
    ["txt", "md", "html", "csv", "json", "rs", "pdf", "docx", "pptx", "xlsx", "odt", "epub"];

/// The `number`-th document of a kind, with this many paragraphs or pages.
pub fn document(kind: &str, number: usize, length: usize) -> Document {
    let says =
        format!("The secret of document {number} is kept by the {} of {kind}{number}.", animal(number));
    let mut parts: Vec<String> = (0..length.max(1)).map(|part| paragraph(number, part)).collect();
    parts.push(says.clone());
    let text = parts.join("\n\n");
    let rows = || parts.iter().enumerate().map(|(at, part)| (at, part.as_str()));
    let paged = u32::try_from(parts.len()).ok();
    let (bytes, pages) = match kind {
        "txt" => (text.into_bytes(), None),
        "md" => (format!("# Document {number}\n\n## Part\n\n{text}\n").into_bytes(), None),
        "html" => {
            let body: String = parts.iter().map(|part| format!("<p>{part}</p>")).collect();
            let page = format!("<!DOCTYPE html><html><body><h1>Document {number}</h1>{body}</body></html>");
            (page.into_bytes(), None)
        }
        "csv" => {
            let lines: String = rows().map(|(at, part)| format!("{at},\"{part}\"\n")).collect();
            (format!("row,text\n{lines}").into_bytes(), None)
        }
        "json" => (serde_json::json!({"document": number, "parts": parts}).to_string().into_bytes(), None),
        "rs" => {
            let lines: String =
                rows().map(|(at, part)| format!("/// {part}\nfn part_{at}() {{}}\n\n")).collect();
            (lines.into_bytes(), None)
        }
        "pdf" => (pdf(&parts), paged),
        "docx" => (docx(&format!("Document {number}"), &parts), None),
        "pptx" => (pptx(&parts), paged),
        "xlsx" => (xlsx(&parts), Some(1)),
        "odt" => (odt(&format!("Document {number}"), &parts), None),
        "epub" => (epub(&format!("Document {number}"), &parts), None),
        kind => panic!("no document of the kind {kind} can be made"),
    };
    Document { name: format!("document-{number}.{kind}"), bytes, says, pages }
}

/// So many documents, of all kinds in turn.
pub fn documents(count: usize, length: usize) -> Vec<Document> {
    (0..count).map(|number| document(KINDS[number % KINDS.len()], number, length)).collect()
}

fn paragraph(number: usize, part: usize) -> String {
    let words =
        ["river", "engine", "bread", "window", "garden", "letter", "stone", "music", "winter", "market"];
    let pick = |n: usize| words[(number * 7 + part * 3 + n) % words.len()];
    format!(
        "Paragraph {part} of document {number} tells how the {} met the {} beside the {}. Nobody had expected that a {} \
         could be so near to a {}, and so it was written down with care.",
        pick(0),
        pick(1),
        pick(2),
        pick(3),
        pick(4)
    )
}

fn animal(number: usize) -> &'static str {
    ["heron", "badger", "otter", "lynx", "marten", "stork", "beaver", "falcon"][number % 8]
}

/// A zip archive of these entries; the first is stored as it is, as EPUB and OpenDocument ask for.
pub fn zip(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in entries.iter().enumerate() {
        let method = if at == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("an entry");
        zip.write_all(bytes).expect("a zip in memory");
    }
    zip.finish().expect("a zip in memory").into_inner()
}

/// The same archive with one more entry, which is stored as it is.
pub fn zip_with(archive: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new_append(Cursor::new(archive.to_vec())).expect("an archive of ours");
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file(name, stored).expect("an entry");
    zip.write_all(bytes).expect("a zip in memory");
    zip.finish().expect("a zip in memory").into_inner()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
