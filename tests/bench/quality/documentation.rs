//! Questions and passages from the documentation of the crates that Skein is built from: what `Cargo.lock` names, as
//! cargo has unpacked it on this machine. The first sentence that an author wrote about an item is the question; the
//! rest of what is said about it, without its examples, is the passage that should be found.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Items of one crate: no crate is the whole set.
const EACH: usize = 6;

pub(crate) struct Item {
    pub(crate) question: String,
    pub(crate) passage: String,
}

/// So many items, the same ones for the same `Cargo.lock`.
pub(crate) fn items(count: usize) -> Result<Vec<Item>, String> {
    let lock = std::fs::read_to_string("Cargo.lock").map_err(|_| "run it where Cargo.lock is".to_owned())?;
    let folders = registries();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for name in crates(&lock) {
        let Some(folder) = folders.iter().map(|folder| folder.join(&name)).find(|folder| folder.is_dir())
        else {
            continue;
        };
        let mut own = Vec::new();
        for file in sources(&folder.join("src")) {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let new = |item: &Item| seen.insert(item.question.clone()) && seen.insert(item.passage.clone());
            own.extend(documented(&text).into_iter().filter(new));
        }
        // Not the first ones: those of one file are about one thing.
        own.sort_by_key(|item| mark(&item.question));
        own.truncate(EACH);
        all.extend(own);
    }
    if all.is_empty() {
        return Err("no sources of crates are there (cargo fetch)".to_owned());
    }
    all.sort_by_key(|item| mark(&item.passage));
    all.truncate(count);
    Ok(all)
}

fn registries() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let source = home.unwrap_or_default().join("registry").join("src");
    std::fs::read_dir(source).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The folders of all crates of a lock file, in its order.
fn crates(lock: &str) -> Vec<String> {
    let value = |line: &str, key: &str| {
        line.strip_prefix(key).map(|rest| rest.trim_matches([' ', '=', '"']).to_owned())
    };
    let mut names = Vec::new();
    let mut name = String::new();
    for line in lock.lines() {
        if let Some(found) = value(line, "name = ") {
            name = found;
        } else if let Some(version) = value(line, "version = ") {
            names.push(format!("{name}-{version}"));
        }
    }
    names
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// The items of a source file that are explained at some length.
fn documented(source: &str) -> Vec<Item> {
    let mut found = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in source.lines().chain([""]) {
        match line.trim_start().strip_prefix("///").filter(|rest| !rest.starts_with('/')) {
            Some(rest) => comment.push(rest.strip_prefix(' ').unwrap_or(rest)),
            None if !comment.is_empty() => found.extend(item(&std::mem::take(&mut comment))),
            None => {}
        }
    }
    found
}

fn item(comment: &[&str]) -> Option<Item> {
    let (mut paragraphs, mut code) = (vec![String::new()], false);
    for line in comment {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if code || line.starts_with('#') || line.starts_with("[`") && line.contains("]: ") {
            // Examples, headings and the targets of links.
        } else if line.is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            last.push_str(if last.is_empty() { "" } else { "\n" });
            last.push_str(line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    let question = paragraphs.first()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = question.split(' ').count();
    let passage = paragraphs[1..].join("\n\n");
    let fits = (6..=30).contains(&words) && question.ends_with('.') && (300..=1200).contains(&passage.len());
    fits.then_some(Item { question, passage })
}

/// An order that has nothing to do with the content.
fn mark(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
