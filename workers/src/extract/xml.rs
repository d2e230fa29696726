//! XML as a row of events, without prefixes and entities: names that documents use are known by their local part.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Unreadable;

/// One thing in a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(String),
}

/// Goes through a document and gives each node to `take`. Entities of a document's own are left out, so that none can
/// grow; an element without content is opened and closed.
pub(super) fn walk(xml: &str, mut take: impl FnMut(Node)) -> Result<(), Unreadable> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event().map_err(|_| Unreadable::damaged("document of its kind"))? {
            Event::Start(tag) => take(open(&tag)),
            Event::Empty(tag) => {
                let node = open(&tag);
                let Node::Open(name, _) = &node else { continue };
                let close = Node::Close(name.clone());
                take(node);
                take(close);
            }
            Event::End(tag) => take(Node::Close(tag.local_name().into_inner().to_owned())),
            Event::Text(part) => take(Node::Text(part.to_string())),
            Event::CData(part) => take(Node::Text(part.to_string())),
            Event::GeneralRef(name) => {
                let known = match name.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                };
                if let Some(known) = known {
                    take(Node::Text(known));
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn open(tag: &BytesStart<'_>) -> Node {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    let attributes = attributes.flatten().map(|attribute| {
        let value = quick_xml::escape::unescape(&attribute.value);
        let value = value.map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
        (attribute.key.local_name().into_inner().to_owned(), value)
    });
    let attributes = attributes.collect();
    Node::Open(tag.local_name().into_inner().to_owned(), attributes)
}

/// The value of an attribute.
pub(super) fn get<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_the_standard_are_read_and_others_cannot_grow() {
        let mut texts = String::new();
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>1 &lt; 2 &#228; &c;&c;</a>";
        walk(bomb, |node| {
            if let Node::Text(text) = node {
                texts.push_str(&text);
            }
        })
        .unwrap();
        assert_eq!(texts, "1 < 2 ä ");
    }
}
