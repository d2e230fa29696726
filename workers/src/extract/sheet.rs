//! Spreadsheets: a page for each sheet, a line for each row.

use std::io::Cursor;

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};

use super::{Form, Page, Text, Unreadable};

/// Columns of a row that are read; a sheet may be wider than any text.
const MAX_COLUMNS: usize = 256;

pub(super) fn read(bytes: &[u8]) -> Result<Text, Unreadable> {
    let mut book =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::damaged("spreadsheet"))?;
    let mut pages = Vec::new();
    for (number, name) in (1..).zip(book.sheet_names()) {
        let range = book.worksheet_range(&name).map_err(|_| Unreadable::damaged("spreadsheet"))?;
        let mut text = format!("# {}\n\n", name.replace('\n', " "));
        for row in range.rows() {
            let mut cells: Vec<String> = row.iter().take(MAX_COLUMNS).map(shown).collect();
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            if !cells.is_empty() {
                text.push_str(&cells.join(" | "));
                text.push('\n');
            }
        }
        pages.push(Page { number: Some(number), text });
    }
    Ok(Text { form: Form::Markdown, pages, ..Text::default() })
}

fn shown(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::DateTime(time) => time.as_datetime().map_or_else(
            || time.as_f64().to_string(),
            |time| time.to_string().trim_end_matches(" 00:00:00").to_owned(),
        ),
        other => other.to_string().replace(['\n', '\r'], " "),
    }
}
