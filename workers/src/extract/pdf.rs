//! PDF: the text of each page. A page without text is a picture of one, and is named.

use super::plain::clean;
use super::{Form, Page, Text, Unreadable};

/// Numbers of pages that a notice lists.
const LISTED: usize = 20;

pub(super) fn read(bytes: &[u8], _most: usize) -> Result<Text, Unreadable> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(bytes).map_err(|error| match error {
        pdf_extract::OutputError::PdfError(pdf_extract::Error::Decryption(_)) => locked(),
        _ => Unreadable::damaged("PDF"),
    })?;
    let pages: Vec<Page> =
        (1..).zip(pages).map(|(number, text)| Page { number: Some(number), text: tidy(&text) }).collect();
    let notice = notice(&pages);
    Ok(Text { form: Form::Plain, pages, notice, ..Text::default() })
}

fn locked() -> Unreadable {
    Unreadable::new("file_locked", "The PDF opens with a password only. Upload it without one.")
}

/// Spaces and empty lines that only place text on paper say nothing.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in clean(text).lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// What a user should know of the pages that are pictures.
pub(crate) fn notice(pages: &[Page]) -> Option<String> {
    let bare: Vec<String> = pages
        .iter()
        .filter(|page| page.is_blank())
        .filter_map(|page| page.number)
        .map(|number| number.to_string())
        .collect();
    match bare.len() {
        0 => None,
        all if all == pages.len() => {
            Some("All pages are pictures, perhaps scanned: they have no text that could be read.".to_owned())
        }
        few if few <= LISTED => {
            Some(format!("Pages without text, perhaps scanned, were left out: {}.", bare.join(", ")))
        }
        many => {
            Some(format!("{many} of {} pages have no text, perhaps scanned, and were left out.", pages.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(texts: &[&str]) -> Vec<Page> {
        (1..)
            .zip(texts)
            .map(|(number, text)| Page { number: Some(number), text: (*text).to_owned() })
            .collect()
    }

    #[test]
    fn pages_without_text_are_named() {
        assert_eq!(notice(&pages(&["a", "b"])), None);
        assert!(notice(&pages(&["a", " ", "b", ""])).unwrap().contains("2, 4"));
        assert!(notice(&pages(&["", "\n"])).unwrap().starts_with("All pages"));
    }
}
