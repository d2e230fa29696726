/// Markdown as it is written, block by block. Tables may stand in tables: inner ones become text of their cell.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
    line: String,
    tables: Vec<Table>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    cells: Vec<String>,
    cell: String,
}

/// Rows and cells that a table shows at most, so that an empty sheet of a million cells stays small.
const MAX_CELLS: usize = 256;

impl Writer {
    /// Adds to the block that is being written.
    pub(super) fn push(&mut self, text: &str) {
        self.line.push_str(text);
    }

    /// Ends a paragraph, a heading of this level (from 1), or an item of a list.
    pub(super) fn end_block(&mut self, heading: Option<usize>, item: bool) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push(' ');
            }
            table.cell.push_str(&line.replace('\n', " "));
            return;
        }
        match heading {
            Some(level) => {
                let line = line.replace('\n', " ");
                self.text.push_str(&format!("{} {line}\n\n", "#".repeat(level.clamp(1, 6))));
            }
            None if item => self.text.push_str(&format!("- {}\n", line.replace('\n', " "))),
            None => self.text.push_str(&format!("{line}\n\n")),
        }
    }

    pub(super) fn open_table(&mut self) {
        self.end_block(None, false);
        self.tables.push(Table::default());
    }

    pub(super) fn end_cell(&mut self) {
        self.end_block(None, false);
        if let Some(table) = self.tables.last_mut() {
            let cell = std::mem::take(&mut table.cell);
            if table.cells.len() < MAX_CELLS {
                table.cells.push(cell.replace('|', "\\|"));
            }
        }
    }

    pub(super) fn end_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            let cells = std::mem::take(&mut table.cells);
            if cells.iter().any(|cell| !cell.is_empty()) {
                table.rows.push(cells);
            }
        }
    }

    pub(super) fn close_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        if !self.tables.is_empty() {
            for row in table.rows {
                self.line.push_str(&row.join(" "));
                self.end_block(None, false);
            }
            return;
        }
        for (at, row) in table.rows.iter().enumerate() {
            self.text.push_str(&format!("| {} |\n", row.join(" | ")));
            if at == 0 {
                self.text.push_str(&format!("|{}\n", " --- |".repeat(row.len())));
            }
        }
        self.text.push('\n');
    }

    /// What was written, with everything closed.
    pub(super) fn finish(mut self) -> String {
        while !self.tables.is_empty() {
            self.close_table();
        }
        self.end_block(None, false);
        self.text
    }
}
