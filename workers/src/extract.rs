//! Reads the text of one file, in a process of its own: what a stranger made is given to parsers that may loop, panic,
//! overflow their stack or take all memory, and none of that may end a worker.
//!
//! The child (`skein extract`) gets the file as its standard input and nothing else: no settings, no secrets, no
//! connection. It bounds its own memory and time before it reads the first byte, and writes lines of JSON: pages of
//! text, then how it ended. The parent bounds what it reads and how long it waits.

mod archive;
mod confine;
mod epub;
mod html;
mod office;
mod pdf;
mod picture;
mod plain;
mod read;
mod sheet;
mod tool;
mod xml;

use std::io::{BufWriter, Read as _, Write};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

pub use self::confine::Bounds;
pub(crate) use self::pdf::notice;
pub(crate) use self::plain::decode as text_of;
pub use self::tool::{Tool, become_tool};

/// Stack of the thread that parses: deep nesting is common, endless nesting ends the process.
const STACK: usize = 64 << 20;

/// How the text of a page is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    #[default]
    Plain,
    /// With headings, lists and tables in Markdown.
    Markdown,
}

/// A page, a slide, a sheet, or all of a file that has none of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Counted from 1; absent where the kind of file has no pages.
    pub(crate) number: Option<u32>,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn is_blank(&self) -> bool {
        !self.text.chars().any(char::is_alphanumeric)
    }
}

/// All that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) form: Form,
    pub(crate) pages: Vec<Page>,
    /// What a user should know, such as pages that are pictures.
    pub(crate) notice: Option<String>,
    /// What the file really is, where its name and first bytes were wrong or said too little.
    pub(crate) media_type: Option<String>,
    /// A small JPEG of a picture.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// Why a file cannot be read; shown to its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unreadable {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Unreadable {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    fn damaged(what: &str) -> Self {
        Self::new("file_damaged", format!("The file is damaged, or is no {what}."))
    }
}

/// One line of what a child says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Page(Page),
    Thumbnail(Vec<u8>),
    End { form: Form, notice: Option<String>, media_type: Option<String> },
    Failed(Unreadable),
}

/// The whole of the child: standard input to standard output.
pub fn main(media_type: &str, bounds: &Bounds) -> ExitCode {
    if confine::confine(bounds).is_err() {
        return ExitCode::FAILURE;
    }
    // What a parser has to say about its panic is for nobody: it may hold parts of the file.
    std::panic::set_hook(Box::new(|_| {}));
    let (media_type, most) = (media_type.to_owned(), bounds.text_bytes);
    let parsed = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut bytes = Vec::new();
        if std::io::stdin().lock().read_to_end(&mut bytes).is_err() {
            return Err(Unreadable::new("file_unreadable", "The file could not be read."));
        }
        let read = AssertUnwindSafe(|| read::read(&media_type, &bytes, most));
        std::panic::catch_unwind(read).unwrap_or_else(|_| Err(crashed()))
    });
    let parsed = match parsed.map(std::thread::JoinHandle::join) {
        Ok(Ok(parsed)) => parsed,
        _ => Err(crashed()),
    };
    match say(parsed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn say(parsed: Result<Text, Unreadable>) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut line = |line: &Line| -> std::io::Result<()> {
        serde_json::to_writer(&mut out, line)?;
        out.write_all(b"\n")
    };
    match parsed {
        Ok(Text { form, pages, notice, media_type, thumbnail }) => {
            if let Some(jpeg) = thumbnail {
                line(&Line::Thumbnail(jpeg))?;
            }
            for page in pages {
                line(&Line::Page(page))?;
            }
            line(&Line::End { form, notice, media_type })?;
        }
        Err(unreadable) => line(&Line::Failed(unreadable))?,
    }
    out.flush()
}

pub(crate) fn crashed() -> Unreadable {
    Unreadable::new("reader_crashed", "The file's content made its reader fail. It may be damaged.")
}

/// What a child has said; an error where it did not come to its end.
pub(crate) fn heard(output: &[u8]) -> Result<Text, Unreadable> {
    let (mut pages, mut thumbnail) = (Vec::new(), None);
    for line in output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(Line::Page(page)) => pages.push(page),
            Ok(Line::Thumbnail(jpeg)) => thumbnail = Some(jpeg),
            Ok(Line::End { form, notice, media_type }) => {
                return Ok(Text { form, pages, notice, media_type, thumbnail });
            }
            Ok(Line::Failed(unreadable)) => return Err(unreadable),
            // Some parsers print what they wonder about.
            Err(_) => {}
        }
    }
    Err(crashed())
}
