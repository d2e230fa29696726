//! Zip archives whose every entry is bounded: an archive may say little and hold much.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::Unreadable;
use super::plain::decode;

/// Unpacked bytes of one entry, and of all that are read.
const ENTRY: u64 = 64 << 20;
const TOTAL: u64 = 256 << 20;
/// Entries of an archive; no document has so many.
const ENTRIES: usize = 20_000;

/// What an archive turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Word,
    Slides,
    Sheets,
    OpenText,
    OpenSheets,
    Epub,
    Other,
}

impl Inside {
    pub(super) fn media_type(self) -> Option<&'static str> {
        Some(match self {
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Slides => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Sheets => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::OpenSheets => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Epub => "application/epub+zip",
            // Texts and presentations share their form; the name tells them apart.
            Self::OpenText | Self::Other => return None,
        })
    }
}

pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: HashSet<String>,
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::damaged("zip archive"))?;
        if zip.len() > ENTRIES {
            return Err(too_large());
        }
        let names = zip.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
        Ok(Self { zip, names, left: TOTAL })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Told by what must be in it.
    pub(super) fn kind(&mut self) -> Inside {
        let kinds = [
            ("word/document.xml", Inside::Word),
            ("ppt/presentation.xml", Inside::Slides),
            ("xl/workbook.xml", Inside::Sheets),
            ("xl/workbook.bin", Inside::Sheets),
            ("META-INF/container.xml", Inside::Epub),
        ];
        if let Some((_, kind)) = kinds.iter().find(|(name, _)| self.has(name)) {
            return *kind;
        }
        let said = self.entry("mimetype").map(|bytes| decode(&bytes)).unwrap_or_default();
        match said.trim() {
            kind if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") => Inside::OpenSheets,
            kind if kind.starts_with("application/vnd.oasis.opendocument.") => Inside::OpenText,
            _ if self.has("content.xml") => Inside::OpenText,
            _ => Inside::Other,
        }
    }

    /// The text of an entry.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Unreadable> {
        Ok(decode(&self.entry(name)?))
    }

    /// The bytes of an entry, counted as they are unpacked: what the archive says of its size may be wrong.
    pub(super) fn entry(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        let most = ENTRY.min(self.left);
        let entry = self.zip.by_name(name).map_err(|_| Unreadable::damaged("document of its kind"))?;
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|_| Unreadable::damaged("zip archive"))?;
        if bytes.len() as u64 > most {
            return Err(too_large());
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// Unpacks everything into nothing, for readers that would not count.
    pub(super) fn check_all(&mut self) -> Result<(), Unreadable> {
        for at in 0..self.zip.len() {
            let most = ENTRY.min(self.left);
            let entry = self.zip.by_index(at).map_err(|_| Unreadable::damaged("zip archive"))?;
            let bytes = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink())
                .map_err(|_| Unreadable::damaged("zip archive"))?;
            if bytes > most {
                return Err(too_large());
            }
            self.left -= bytes;
        }
        Ok(())
    }
}

fn too_large() -> Unreadable {
    Unreadable::new(
        "archive_too_large",
        "The file is small only because it is packed: unpacked it is too large.",
    )
}
