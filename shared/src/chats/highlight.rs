//! The words of a search, marked in the text where they were found. The same on all databases.

/// Characters of an excerpt, and how many of them stand before the first word that was found.
const LENGTH: usize = 180;
const BEFORE: usize = 60;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// One of the words that were looked for.
    pub hit: bool,
}

/// The whole text in pieces.
pub(super) fn mark(text: &str, words: &[String]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut push = |text: &str, hit: bool| {
        if !text.is_empty() {
            parts.push(Part { text: text.to_owned(), hit });
        }
    };
    let mut done = 0;
    for (start, end) in found(text, words) {
        push(&text[done..start], false);
        push(&text[start..end], true);
        done = end;
    }
    push(&text[done..], false);
    parts
}

/// One line of the text around the first word that was found, or its beginning.
pub(super) fn excerpt(text: &str, words: &[String]) -> Vec<Part> {
    let first = found(text, words).next().map_or(0, |(start, _)| start);
    let back = text[..first].char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    let start = match back {
        0 => 0,
        // Not in the middle of a word.
        _ => text[back..first].find(char::is_whitespace).map_or(back, |space| back + space),
    };
    let end = text[start..].char_indices().nth(LENGTH).map_or(text.len(), |(at, _)| start + at);
    let line = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if start > 0 { "… " } else { "" };
    let after = if end < text.len() { " …" } else { "" };
    mark(&format!("{before}{line}{after}"), words)
}

/// Where words of the text begin with one of these, as byte positions.
fn found<'a>(text: &'a str, words: &'a [String]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut rest = 0;
    std::iter::from_fn(move || {
        while rest < text.len() {
            let start = rest + text[rest..].find(char::is_alphanumeric)?;
            let end = text[start..]
                .find(|c: char| !c.is_alphanumeric())
                .map_or(text.len(), |length| start + length);
            rest = end;
            let word = text[start..end].to_lowercase();
            if words.iter().any(|wanted| word.starts_with(wanted.as_str())) {
                return Some((start, end));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[Part]) -> String {
        parts.iter().map(|p| if p.hit { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn words_are_marked_where_they_begin() {
        assert_eq!(
            shown(&mark("Geese, über ÜBERALL; foregeese", &words("gee über"))),
            "[Geese], [über] [ÜBERALL]; foregeese"
        );
        assert_eq!(shown(&mark("", &words("a"))), "");
    }

    #[test]
    fn an_excerpt_is_one_line_around_the_first_word() {
        let text = format!("{}the wild\n\n geese fly {}", "before ".repeat(50), "after ".repeat(50));
        let shown = shown(&excerpt(&text, &words("geese")));
        assert!(shown.starts_with("… before") && shown.ends_with(" …"), "{shown}");
        assert!(shown.contains("the wild [geese] fly"), "{shown}");
        assert!(shown.chars().count() < LENGTH + 10);
    }

    #[test]
    fn a_text_without_the_words_shows_its_beginning() {
        assert_eq!(shown(&excerpt("äöü nothing", &words("x"))), "äöü nothing");
    }
}
