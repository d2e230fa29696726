use std::collections::HashMap;

use super::markdown::Writer;
use super::{Archive, Form, Node, Page, Text, Unreadable, get, walk};

/// Slides of a presentation; more is none.
const MAX_SLIDES: usize = 5_000;

/// A PPTX: a page for each slide in the order they are shown, with the speaker's notes.
pub(in crate::extract) fn slides(archive: &mut Archive<'_>) -> Result<Text, Unreadable> {
    let targets = relations(archive, "ppt/_rels/presentation.xml.rels")?;
    let mut order = Vec::new();
    walk(&archive.text("ppt/presentation.xml")?, |node| {
        if let Node::Open(name, attributes) = node
            && name == "sldId"
        {
            // Two attributes are called `id`; the relation's comes with a prefix and begins with letters.
            let relation = attributes.iter().find(|(key, value)| key == "id" && targets.contains_key(value));
            order.extend(
                relation.and_then(|(_, id)| targets.get(id)).map(|(_, target)| resolve("ppt", target)),
            );
        }
    })?;
    let mut pages = Vec::new();
    for (number, name) in (1..).zip(order.into_iter().take(MAX_SLIDES)) {
        let mut writer = Writer::default();
        if archive.has(&name) {
            slide(&archive.text(&name)?, &mut writer, true)?;
        }
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        let notes = relations(archive, &format!("{folder}/_rels/{file}.rels"))?;
        let notes = notes
            .values()
            .find(|(kind, _)| kind.ends_with("/notesSlide"))
            .map(|(_, target)| resolve(folder, target));
        if let Some(notes) = notes.filter(|notes| archive.has(notes)) {
            slide(&archive.text(&notes)?, &mut writer, false)?;
        }
        pages.push(Page { number: Some(number), text: writer.finish() });
    }
    Ok(Text { form: Form::Markdown, pages, ..Text::default() })
}

fn slide(xml: &str, writer: &mut Writer, titles: bool) -> Result<(), Unreadable> {
    let (mut in_text, mut title, mut counter) = (false, false, false);
    walk(xml, |node| match node {
        Node::Open(name, attributes) => match name.as_str() {
            "sp" => (title, counter) = (false, false),
            "ph" => match get(&attributes, "type").unwrap_or_default() {
                "title" | "ctrTitle" => title = titles,
                "sldNum" | "dt" | "ftr" | "sldImg" => counter = true,
                _ => {}
            },
            "t" => in_text = !counter,
            "br" => writer.push("\n"),
            "tbl" => writer.open_table(),
            _ => {}
        },
        Node::Close(name) => match name.as_str() {
            "t" => in_text = false,
            "p" => writer.end_block(title.then_some(1), false),
            "tc" => writer.end_cell(),
            "tr" => writer.end_row(),
            "tbl" => writer.close_table(),
            _ => {}
        },
        Node::Text(text) if in_text => writer.push(&text),
        Node::Text(_) => {}
    })
}

/// Id of each relation, with its kind and target.
fn relations(archive: &mut Archive<'_>, name: &str) -> Result<HashMap<String, (String, String)>, Unreadable> {
    let mut found = HashMap::new();
    if !archive.has(name) {
        return Ok(found);
    }
    walk(&archive.text(name)?, |node| {
        if let Node::Open(tag, attributes) = node
            && tag == "Relationship"
        {
            let part = |name| get(&attributes, name).unwrap_or_default().to_owned();
            found.insert(part("Id"), (part("Type"), part("Target")));
        }
    })?;
    Ok(found)
}

/// A target as the name of an entry.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}
