//! Cuts text into passages at its own joints: headings, paragraphs, sentences, words.

use shared::chunks::Passage;
use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};

use crate::extract::{Form, Page, Text};

/// Bytes of a heading's path that are kept.
const HEADING: usize = 400;

/// The passages of a text, in order, of about `tokens` tokens each. The same text always gives the same passages.
pub(super) fn cut(text: &Text, tokens: usize) -> Vec<Passage> {
    let mut passages = Vec::new();
    // Passages that are a little short rather than cut in the middle of something.
    let config = || ChunkConfig::new(tokens * 2 / 3..=tokens).with_sizer(Tokens);
    let (markdown, plain) = (MarkdownSplitter::new(config()), TextSplitter::new(config()));
    for page in &text.pages {
        match text.form {
            Form::Markdown => {
                let headings = headings(&page.text);
                add(page, markdown.chunk_indices(&page.text), &headings, &mut passages);
            }
            Form::Plain => add(page, plain.chunk_indices(&page.text), &[], &mut passages),
        }
    }
    passages
}

fn add<'a>(
    page: &Page,
    pieces: impl Iterator<Item = (usize, &'a str)>,
    headings: &[Heading<'_>],
    passages: &mut Vec<Passage>,
) {
    let mut path: Vec<&Heading<'_>> = Vec::new();
    let mut next = headings.iter().peekable();
    let (mut at_byte, mut at_char) = (0, 0);
    for (start, text) in pieces {
        if !text.chars().any(char::is_alphanumeric) {
            continue;
        }
        while let Some(heading) = next.next_if(|heading| heading.at <= start) {
            path.retain(|above| above.level < heading.level);
            path.push(heading);
        }
        let from = at_char + page.text[at_byte..start].chars().count();
        let to = from + text.chars().count();
        (at_byte, at_char) = (start, from);
        let names: Vec<&str> = path.iter().map(|heading| heading.name).collect();
        let mut heading = names.join(" › ");
        heading.truncate(heading.floor_char_boundary(HEADING));
        passages.push(Passage {
            page: page.number.and_then(|number| i32::try_from(number).ok()),
            heading,
            from: i32::try_from(from).unwrap_or(i32::MAX),
            to: i32::try_from(to).unwrap_or(i32::MAX),
            text: text.to_owned(),
        });
    }
}

struct Heading<'a> {
    /// Where its line begins, in bytes.
    at: usize,
    level: usize,
    name: &'a str,
}

/// The headings that Markdown marks with `#`, outside of code.
fn headings(text: &str) -> Vec<Heading<'_>> {
    let (mut found, mut at, mut fence) = (Vec::new(), 0, None);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let mark = bare.trim_start();
        let fenced = ["```", "~~~"].into_iter().find(|fence| mark.starts_with(fence));
        match (fence, fenced) {
            (None, Some(_)) => fence = fenced,
            (Some(open), Some(close)) if open == close => fence = None,
            _ => {}
        }
        let level = bare.bytes().take_while(|byte| *byte == b'#').count();
        if fence.is_none()
            && (1..=6).contains(&level)
            && let Some(name) = bare[level..].strip_prefix(' ')
        {
            found.push(Heading { at, level, name: name.trim().trim_end_matches('#').trim_end() });
        }
        at += line.len();
    }
    found
}

/// About how many tokens a model makes of a text: a token for each four letters of a word, for each sign, and for each
/// character of scripts that write without spaces. Models differ by more than this is wrong.
struct Tokens;

impl ChunkSizer for Tokens {
    fn size(&self, text: &str) -> usize {
        let (mut tokens, mut word) = (0, 0_usize);
        for c in text.chars() {
            let letter = c.is_alphanumeric() && !is_dense(c);
            if letter {
                word += 1;
                continue;
            }
            tokens += word.div_ceil(4) + usize::from(!c.is_whitespace());
            word = 0;
        }
        tokens + word.div_ceil(4)
    }
}

fn is_dense(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(form: Form, pages: &[&str]) -> Text {
        let pages = (1..)
            .zip(pages)
            .map(|(number, text)| Page { number: Some(number), text: (*text).to_owned() })
            .collect();
        Text { form, pages, ..Text::default() }
    }

    #[test]
    fn a_passage_knows_its_page_its_headings_and_its_place() {
        let body = "All words of this paragraph are about baking bread. ".repeat(12);
        let page = format!("# Book\n\n## Bread\n\n{body}\n\n## Cake\n\n{body}\n\n# Index\n\n{body}");
        let passages = cut(&text(Form::Markdown, &["First page.", &page]), 60);
        assert_eq!((passages[0].page, passages[0].text.as_str()), (Some(1), "First page."));
        let headings: Vec<&str> = passages[1..].iter().map(|p| p.heading.as_str()).collect();
        for wanted in ["Book › Bread", "Book › Cake", "Index"] {
            assert!(headings.contains(&wanted), "{wanted} is not in {headings:?}");
        }
        let characters: Vec<char> = page.chars().collect();
        for passage in &passages[1..] {
            let there: String = characters[passage.from as usize..passage.to as usize].iter().collect();
            assert_eq!((passage.page, there), (Some(2), passage.text.clone()));
        }
    }

    #[test]
    fn nothing_of_a_text_is_lost_and_no_passage_is_too_long() {
        let words: String =
            (0..5000).map(|n| format!("word{n}{} ", if n % 17 == 0 { "." } else { "" })).collect();
        for form in [Form::Plain, Form::Markdown] {
            let passages = cut(&text(form, &[&words]), 100);
            let all: Vec<&str> = passages.iter().flat_map(|p| p.text.split_whitespace()).collect();
            assert_eq!(all, words.split_whitespace().collect::<Vec<_>>());
            assert!(passages.iter().all(|p| Tokens.size(&p.text) <= 100));
        }
    }

    #[test]
    fn a_hash_in_code_is_no_heading() {
        let names: Vec<&str> =
            headings("# A\n```sh\n# not this\n```\n#nor this\n## B ##\n").iter().map(|h| h.name).collect();
        assert_eq!(names, ["A", "B"]);
    }
}
