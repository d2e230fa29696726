//! HTML to Markdown, so that headings, lists and tables stay what they are.

use htmd::HtmlToMarkdown;

use super::plain::decode;
use super::{Form, Page, Text, Unreadable};

/// What no reader sees, or what is on every page alike.
const SKIPPED: &[&str] = &["script", "style", "noscript", "template", "svg", "iframe", "head", "nav", "form"];

pub(super) fn read(bytes: &[u8]) -> Result<Text, Unreadable> {
    let text = to_markdown(&decode_declared(bytes))?;
    Ok(Text { form: Form::Markdown, pages: vec![Page { number: None, text }], ..Text::default() })
}

pub(super) fn to_markdown(html: &str) -> Result<String, Unreadable> {
    HtmlToMarkdown::builder()
        .skip_tags(SKIPPED.to_vec())
        .build()
        .convert(html)
        .map_err(|_| Unreadable::damaged("HTML document"))
}

/// As the page says of itself, where it does: guessing is for those that say nothing.
fn decode_declared(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(1024)];
    let lower = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declared = lower.split_once("charset=").map(|(_, rest)| {
        rest.trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
    });
    let encoding =
        declared.and_then(|label| encoding_rs::Encoding::for_label(label.collect::<String>().as_bytes()));
    match encoding {
        Some(encoding) if std::str::from_utf8(bytes).is_err() => {
            super::plain::clean(&encoding.decode(bytes).0)
        }
        _ => decode(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_tables_stay_and_scripts_go() {
        let html = b"<html><head><title>T</title><script>evil()</script></head><body><nav>Home</nav><h2>Prices</h2>\
            <p>All <b>new</b>.</p><ul><li>one</li></ul><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr>\
            </table></body></html>";
        let text = read(html).unwrap().pages[0].text.clone();
        assert!(text.contains("## Prices") && text.contains("All **new**."), "{text}");
        assert!(text.contains("| 1") && !text.contains("evil") && !text.contains("Home"), "{text}");
    }

    #[test]
    fn a_declared_encoding_counts() {
        let html =
            b"<html><head><meta charset=\"iso-8859-2\"></head><body><p>\xb3\xf3d\xbc</p></body></html>";
        assert!(read(html).unwrap().pages[0].text.contains("łódź"));
    }
}
