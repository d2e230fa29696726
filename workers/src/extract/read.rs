//! From the bytes of a file to its text, by kind.

use super::{Text, Unreadable, archive, epub, html, office, pdf, picture, plain, sheet};

/// Reads a file of this type, which may turn out to have no text. Text beyond `most` bytes is left out, and the notice
/// says so.
pub(super) fn read(media_type: &str, bytes: &[u8], most: usize) -> Result<Text, Unreadable> {
    let mut text = match media_type {
        "application/pdf" => pdf::read(bytes, most)?,
        "text/html" => html::read(bytes)?,
        kind if is_archive(kind) => archived(bytes)?,
        kind if is_text(kind) => plain::read(kind, bytes),
        // No text, but something to show.
        kind if kind.starts_with("image/") => return Ok(picture::read(bytes)),
        kind => {
            let message = format!("Files of the type {kind} cannot be read.");
            return Err(Unreadable::new("unsupported_type", message));
        }
    };
    if cut(&mut text, most) {
        let part = format!("Only the first {} MB of its text were read.", most.div_ceil(1_000_000));
        text.notice = Some(text.notice.map_or(part.clone(), |notice| format!("{notice} {part}")));
    }
    Ok(text)
}

fn is_archive(kind: &str) -> bool {
    kind == "application/zip"
        || kind == "application/epub+zip"
        || kind.starts_with("application/vnd.openxmlformats-officedocument.")
        || kind.starts_with("application/vnd.oasis.opendocument.")
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/")
        || matches!(
            kind,
            "application/json"
                | "application/jsonl"
                | "application/yaml"
                | "application/toml"
                | "image/svg+xml"
        )
}

/// Office documents are told by what is in them, whatever their name.
fn archived(bytes: &[u8]) -> Result<Text, Unreadable> {
    let mut archive = archive::Archive::open(bytes)?;
    let kind = archive.kind();
    let read = match kind {
        archive::Inside::Word => office::word(&mut archive),
        archive::Inside::Slides => office::slides(&mut archive),
        archive::Inside::OpenText => office::open_document(&mut archive),
        archive::Inside::Sheets | archive::Inside::OpenSheets => {
            archive.check_all()?;
            sheet::read(bytes)
        }
        archive::Inside::Epub => epub::read(&mut archive),
        archive::Inside::Other => {
            return Err(Unreadable::new(
                "unsupported_type",
                "Archives are not read. Upload the files that are in it.",
            ));
        }
    };
    read.map(|text| Text { media_type: kind.media_type().map(str::to_owned), ..text })
}

/// Leaves out what is beyond `most` bytes; says whether there was any.
fn cut(text: &mut Text, most: usize) -> bool {
    let mut left = most;
    for at in 0..text.pages.len() {
        let page = &mut text.pages[at];
        if page.text.len() > left {
            page.text.truncate(page.text.floor_char_boundary(left));
            text.pages.truncate(at + 1);
            return true;
        }
        left -= page.text.len();
    }
    false
}
