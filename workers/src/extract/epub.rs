//! EPUB: its chapters in the order of reading.

use std::collections::HashMap;

use super::archive::Archive;
use super::html::to_markdown;
use super::xml::{Node, get, walk};
use super::{Form, Page, Text, Unreadable};

/// Chapters of a book; more is none.
const MAX_CHAPTERS: usize = 5_000;

pub(super) fn read(archive: &mut Archive<'_>) -> Result<Text, Unreadable> {
    let mut package = None;
    walk(&archive.text("META-INF/container.xml")?, |node| {
        if let Node::Open(name, attributes) = node
            && name == "rootfile"
            && package.is_none()
        {
            package = get(&attributes, "full-path").map(str::to_owned);
        }
    })?;
    let package = package.ok_or_else(|| Unreadable::damaged("EPUB"))?;
    let (mut chapters, mut order) = (HashMap::new(), Vec::new());
    walk(&archive.text(&package)?, |node| {
        let Node::Open(name, attributes) = node else { return };
        let part = |name| get(&attributes, name).unwrap_or_default().to_owned();
        match name.as_str() {
            "item" if part("media-type").contains("html") => {
                chapters.insert(part("id"), part("href"));
            }
            "itemref" => order.push(part("idref")),
            _ => {}
        }
    })?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = String::new();
    for id in order.into_iter().take(MAX_CHAPTERS) {
        let Some(href) = chapters.get(&id) else { continue };
        let name = join(folder, href);
        if archive.has(&name) {
            text.push_str(&to_markdown(&archive.text(&name)?)?);
            text.push_str("\n\n");
        }
    }
    Ok(Text { form: Form::Markdown, pages: vec![Page { number: None, text }], ..Text::default() })
}

fn join(folder: &str, href: &str) -> String {
    let plain = percent_decoded(href.split('#').next().unwrap_or_default());
    if folder.is_empty() { plain } else { format!("{folder}/{plain}") }
}

fn percent_decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let coded = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
