use super::markdown::Writer;
use super::{Archive, Form, Node, Page, Text, Unreadable, get, walk};

/// An ODT or ODP. The slides of a presentation are pages.
pub(in crate::extract) fn open_document(archive: &mut Archive<'_>) -> Result<Text, Unreadable> {
    let xml = archive.text("content.xml")?;
    let mut pages: Vec<Page> = Vec::new();
    let mut writer = Writer::default();
    let (mut blocks, mut items, mut hidden, mut level) = (0_usize, 0_usize, 0_usize, 1);
    walk(&xml, |node| match node {
        // What was deleted under review, remarks, and styles.
        Node::Open(name, _) if is_hidden(&name) => hidden += 1,
        Node::Close(name) if is_hidden(&name) => hidden = hidden.saturating_sub(1),
        _ if hidden > 0 => {}
        Node::Open(name, attributes) => match name.as_str() {
            "p" => blocks += 1,
            "h" => {
                blocks += 1;
                level = get(&attributes, "outline-level").and_then(|level| level.parse().ok()).unwrap_or(1);
            }
            "list-item" => items += 1,
            "tab" => writer.push("\t"),
            "line-break" => writer.push("\n"),
            "s" => {
                let count = get(&attributes, "c").and_then(|count| count.parse().ok()).unwrap_or(1);
                writer.push(&" ".repeat(Ord::min(count, 100)));
            }
            "table" => writer.open_table(),
            _ => {}
        },
        Node::Close(name) => match name.as_str() {
            "p" => {
                blocks = blocks.saturating_sub(1);
                writer.end_block(None, items > 0);
            }
            "h" => {
                blocks = blocks.saturating_sub(1);
                writer.end_block(Some(level), false);
            }
            "list-item" => items = items.saturating_sub(1),
            "table-cell" => writer.end_cell(),
            "table-row" => writer.end_row(),
            "table" => writer.close_table(),
            "page" => {
                let text = std::mem::take(&mut writer).finish();
                let number = u32::try_from(pages.len() + 1).ok();
                pages.push(Page { number, text });
            }
            _ => {}
        },
        Node::Text(text) if blocks > 0 => writer.push(&text),
        Node::Text(_) => {}
    })?;
    let rest = writer.finish();
    if !rest.trim().is_empty() || pages.is_empty() {
        pages.push(Page { number: None, text: rest });
    }
    Ok(Text { form: Form::Markdown, pages, ..Text::default() })
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "tracked-changes" | "annotation" | "automatic-styles" | "notes")
}
