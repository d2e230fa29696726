//! Programs of others that see what no reader of ours can. This process bounds itself and then becomes the program, so
//! that it has the same bounds as every reader.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use super::confine::{Bounds, confine};

/// A program, which gets a file as its standard input and writes to its standard output.
#[derive(Clone, Debug)]
pub enum Tool {
    /// A picture to its text, by tesseract; the languages as tesseract calls them, like `eng+deu`.
    Ocr { languages: String },
    /// A page of a PDF, counted from 1, to a PNG, by poppler.
    Draw { page: u32 },
}

impl Tool {
    fn command(&self) -> Command {
        match self {
            Self::Ocr { languages } => {
                let mut command = Command::new("tesseract");
                command.args(["stdin", "stdout", "-l", languages]).env("OMP_THREAD_LIMIT", "1");
                command
            }
            Self::Draw { page } => {
                let page = page.to_string();
                let mut command = Command::new("pdftoppm");
                command.args([
                    "-png",
                    "-gray",
                    "-r",
                    "200",
                    "-scale-to",
                    "3000",
                    "-f",
                    &page,
                    "-l",
                    &page,
                    "-",
                ]);
                command
            }
        }
    }
}

/// Becomes the program. Comes back only where that fails.
pub fn become_tool(tool: &Tool, bounds: &Bounds) -> ExitCode {
    if confine(bounds).is_err() {
        return ExitCode::FAILURE;
    }
    let _not_installed = tool.command().exec();
    ExitCode::FAILURE
}
