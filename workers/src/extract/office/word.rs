use std::collections::HashMap;

use super::markdown::Writer;
use super::{Archive, Form, Node, Page, Text, Unreadable, get, walk};

/// A DOCX: its body, then foot- and endnotes. Text that was deleted under review is left out.
pub(in crate::extract) fn word(archive: &mut Archive<'_>) -> Result<Text, Unreadable> {
    let headings = match archive.has("word/styles.xml") {
        true => headings(&archive.text("word/styles.xml")?)?,
        false => HashMap::new(),
    };
    let mut writer = Writer::default();
    for part in ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml"] {
        if archive.has(part) {
            body(&archive.text(part)?, &headings, &mut writer)?;
        }
    }
    let page = Page { number: None, text: writer.finish() };
    Ok(Text { form: Form::Markdown, pages: vec![page], ..Text::default() })
}

fn body(xml: &str, headings: &HashMap<String, usize>, writer: &mut Writer) -> Result<(), Unreadable> {
    let (mut in_text, mut heading, mut item) = (false, None, false);
    // A shape is there twice: as what new programs draw, and as what old ones do.
    let mut fallback = 0;
    walk(xml, |node| match node {
        Node::Open(name, _) if name == "Fallback" => fallback += 1,
        Node::Close(name) if name == "Fallback" => fallback -= 1,
        _ if fallback > 0 => {}
        Node::Open(name, attributes) => match name.as_str() {
            "t" => in_text = true,
            "tab" => writer.push("\t"),
            "br" | "cr" => writer.push("\n"),
            "noBreakHyphen" => writer.push("-"),
            "pStyle" => heading = get(&attributes, "val").and_then(|style| headings.get(style)).copied(),
            "outlineLvl" => {
                let level = get(&attributes, "val").and_then(|level| level.parse::<usize>().ok());
                heading = level.filter(|level| *level < 6).map(|level| level + 1).or(heading);
            }
            "numPr" => item = true,
            "tbl" => writer.open_table(),
            _ => {}
        },
        Node::Close(name) => match name.as_str() {
            "t" => in_text = false,
            "p" => {
                writer.end_block(heading.take(), item);
                item = false;
            }
            "tc" => writer.end_cell(),
            "tr" => writer.end_row(),
            "tbl" => writer.close_table(),
            _ => {}
        },
        Node::Text(text) if in_text => writer.push(&text),
        Node::Text(_) => {}
    })
}

/// Which styles are headings, by the names they have in every language.
fn headings(styles: &str) -> Result<HashMap<String, usize>, Unreadable> {
    let (mut found, mut id) = (HashMap::new(), String::new());
    walk(styles, |node| {
        let Node::Open(name, attributes) = node else { return };
        match name.as_str() {
            "style" => id = get(&attributes, "styleId").unwrap_or_default().to_owned(),
            "name" => {
                let name = get(&attributes, "val").unwrap_or_default().to_ascii_lowercase();
                let level = match name.as_str() {
                    "title" => Some(1),
                    "subtitle" => Some(2),
                    name => name.strip_prefix("heading ").and_then(|level| level.parse().ok()),
                };
                if let Some(level) = level {
                    found.insert(id.clone(), level);
                }
            }
            _ => {}
        }
    })?;
    Ok(found)
}
