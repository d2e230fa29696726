//! Reads a file of chats: JSON, or a zip with the JSON in it. Runs on a thread of its own and gives one chat after the
//! other; it holds one at a time, and stops when nobody takes them.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::imports::{Report, Source, Trouble};
use shared::{Error, Result};
use tokio::sync::mpsc;

use super::draft::{Draft, MOST, Tree, place};
use super::split::{Item, Splitter};
use super::{chatgpt, open_webui, skein};

/// Bytes that a zip may unpack to.
const UNPACKED: u64 = 4 * 1024 * 1024 * 1024;
/// The file of a zip that has chats is called so, or `conversations-000.json` and so on.
const IN_ZIP: &str = "conversations";

/// What the reading thread gives.
pub(super) enum Found {
    /// A chat that can be imported.
    Chat(Box<Draft>, Tree),
    /// A chat that cannot, which is noted in the report.
    Nothing,
}

/// Reads the file to its end; the report has what was wrong in it.
pub(super) fn read(mut file: File, chats: &mpsc::Sender<Found>) -> Result<Report> {
    let mut reader = Reader { report: Report::default(), chats, wanted: true };
    let mut start = [0_u8; 4];
    let length = file.read(&mut start).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    if start[..length].starts_with(b"PK\x03\x04") {
        reader.zip(file)?;
    } else {
        reader.json(file)?;
    }
    Ok(reader.report)
}

struct Reader<'a> {
    report: Report,
    chats: &'a mpsc::Sender<Found>,
    wanted: bool,
}

impl Reader<'_> {
    fn zip(&mut self, file: File) -> Result<()> {
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(broken_zip)?;
        let mut names: Vec<String> = archive
            .file_names()
            .filter_map(std::result::Result::ok)
            .filter(|name| has_chats(name))
            .map(std::borrow::Cow::into_owned)
            .collect();
        names.sort();
        if names.is_empty() {
            return Err(no_chats());
        }
        let mut left = UNPACKED;
        for name in names {
            let part = archive.by_name(&name).map_err(broken_zip)?;
            let mut part = part.take(left);
            self.json(&mut part)?;
            left = part.limit();
        }
        Ok(())
    }

    fn json(&mut self, mut file: impl Read) -> Result<()> {
        let mut splitter = Splitter::new();
        let mut buffer = vec![0_u8; 64 * 1024];
        let mut refused = None;
        while self.wanted {
            let length = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // A zip that is damaged in the middle: what came before is whole.
                Err(_) => {
                    self.report.note(Trouble::Truncated, 1, "");
                    return Ok(());
                }
            };
            splitter.feed(&buffer[..length], &mut |item| {
                if refused.is_none() {
                    refused = self.take(item).err();
                }
            });
            if let Some(error) = refused {
                return Err(error);
            }
        }
        if self.wanted {
            splitter.end(&mut |item| {
                if refused.is_none() {
                    refused = self.take(item).err();
                }
            });
        }
        refused.map_or(Ok(()), Err)
    }

    fn take(&mut self, item: Item) -> Result<()> {
        let given = match item {
            Item::Chat(bytes) => match self.chat(&bytes) {
                Some((draft, tree)) => Found::Chat(Box::new(draft), tree),
                None => Found::Nothing,
            },
            Item::TooLarge => {
                self.report.note(Trouble::ChatTooLarge, 1, "");
                Found::Nothing
            }
            Item::Truncated => {
                self.report.note(Trouble::Truncated, 1, "");
                Found::Nothing
            }
            Item::Head(head) => return skein::check(&head),
            Item::NotJson => return Err(no_chats()),
        };
        self.wanted = self.chats.blocking_send(given).is_ok();
        Ok(())
    }

    fn chat(&mut self, bytes: &[u8]) -> Option<(Draft, Tree)> {
        let Some((source, mut draft)) = self.draft(bytes) else {
            self.report.note(Trouble::BrokenChat, 1, "");
            return None;
        };
        self.report.source.get_or_insert(source);
        if draft.messages.len() > 4 * MOST {
            self.report.note(Trouble::ChatTooLong, 1, &draft.title);
            return None;
        }
        let tree = place(&mut draft, &mut self.report);
        if tree.messages.len() > MOST {
            self.report.note(Trouble::ChatTooLong, 1, &draft.title);
            return None;
        }
        if tree.messages.is_empty() {
            self.report.note(Trouble::EmptyChat, 1, &draft.title);
            return None;
        }
        Some((draft, tree))
    }

    /// The same chat in every form that we know.
    fn draft(&mut self, bytes: &[u8]) -> Option<(Source, Draft)> {
        let chat: Value = serde_json::from_slice(bytes).ok()?;
        if !chat.is_object() {
            return None;
        }
        if chat["mapping"].is_object() {
            let draft = chatgpt::draft(&chat, &fingerprint(bytes), &mut self.report)?;
            return Some((Source::Chatgpt, draft));
        }
        if skein::is_ours(&chat) {
            return Some((Source::Skein, skein::draft(&chat)?));
        }
        let draft = open_webui::draft(&chat, &fingerprint(bytes), &mut self.report)?;
        Some((Source::OpenWebui, draft))
    }
}

/// What a chat is known by that has no id: the same bytes are the same chat.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn has_chats(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    name.starts_with(IN_ZIP) && name.ends_with(".json")
}

fn no_chats() -> Error {
    Error::invalid(
        "import_unreadable",
        "The file has no chats in a form that is known: an export of Skein, of Open WebUI, or of ChatGPT.",
    )
}

fn broken_zip(error: zip::result::ZipError) -> Error {
    Error::invalid("import_unreadable", "The zip cannot be opened.").source(error)
}

fn unreadable(error: io::Error) -> Error {
    Error::unavailable("The file cannot be read at the moment.").source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn read_all(bytes: &[u8]) -> (Vec<String>, Result<Report>) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let (sender, mut receiver) = mpsc::channel(1000);
        let report = read(file, &sender);
        drop(sender);
        let mut keys = Vec::new();
        while let Ok(read) = receiver.try_recv() {
            if let Found::Chat(draft, _) = read {
                keys.push(draft.key);
            }
        }
        (keys, report)
    }

    const CHATGPT: &[u8] = br#"[{"id":"x","mapping":{"a":{"parent":null,"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["hi"]}}}}}]"#;

    fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("user.json", options).unwrap();
        zip.write_all(b"{\"email\": \"x\"}").unwrap();
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_is_read_as_what_is_in_it() {
        for name in ["conversations.json", "export/conversations-000.json"] {
            let (keys, report) = read_all(&zipped(name, CHATGPT));
            assert_eq!(
                (keys.as_slice(), report.unwrap().source),
                (&["chatgpt:x".to_owned()][..], Some(Source::Chatgpt))
            );
        }
        let whole = zipped("conversations.json", CHATGPT);
        for bad in [zipped("other.json", CHATGPT), whole[..whole.len() / 2].to_vec(), b"PK\x03\x04".to_vec()]
        {
            assert_eq!(read_all(&bad).1.unwrap_err().code, "import_unreadable");
        }
    }

    #[test]
    fn what_is_no_export_is_refused_and_a_newer_one_too() {
        for bad in [&b""[..], b"hello", b"\xff\xfe", b"<html>"] {
            assert_eq!(read_all(bad).1.unwrap_err().code, "import_unreadable");
        }
        let newer = br#"{"format":"skein-chats","version":2,"chats":[{"id":"a","messages":[]}]}"#;
        assert_eq!(read_all(newer).1.unwrap_err().code, "import_version");
    }

    #[test]
    fn one_broken_chat_does_not_stop_the_next() {
        let file = br#"[{"mapping": oops}, 7, {"id":"c","chat":{"history":{"messages":{"m":{"role":"user","content":"hi"}}}}}, {"chat":{}}]"#;
        let (keys, report) = read_all(file);
        let report = report.unwrap();
        assert_eq!(
            report.problems.iter().map(|p| (p.code, p.count)).collect::<Vec<_>>(),
            [(Trouble::BrokenChat, 3)]
        );
        assert_eq!(keys, ["open_webui:c"]);
    }
}
