//! What is uploaded: documents of every kind that is read, and some that nobody can read.

use rand::Rng as _;
use rand::rngs::StdRng;
use skein_tests::corpus::{self, Document, KINDS};

/// Each so many-th is broken, and each so many-th is deleted while it is being read.
const BROKEN: usize = 20;
const DROPPED: usize = 25;
/// Kinds whose length costs their readers little.
const LONG: [&str; 6] = ["txt", "md", "html", "csv", "json", "rs"];
/// Bytes beside the text of a few: more than a store takes in one piece.
const PICTURE: usize = 9 << 20;

/// What is to become of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Good,
    /// Must fail, and say why.
    Broken,
    /// Is deleted as soon as it is there.
    Dropped,
}

pub(super) struct Work {
    pub(super) number: usize,
    pub(super) document: Document,
    pub(super) fate: Fate,
}

/// So many documents of different lengths; with `large`, a few that go to the store in parts.
pub(super) fn write(count: usize, large: bool, random: &mut StdRng) -> Vec<Work> {
    (0..count)
        .map(|number| {
            let kind = KINDS[number % KINDS.len()];
            let fate = match number {
                n if n % BROKEN == BROKEN - 1 => Fate::Broken,
                n if n % DROPPED == DROPPED - 1 => Fate::Dropped,
                _ => Fate::Good,
            };
            // Most are a few passages long, some need several transactions and calls of the provider.
            let long = LONG.contains(&kind) && random.random_bool(0.15);
            let length = if long { random.random_range(300..1500) } else { random.random_range(2..40) };
            let document = match fate {
                Fate::Broken => broken(number),
                _ if large && kind == "docx" && number % (4 * KINDS.len()) < KINDS.len() => {
                    with_picture(corpus::document(kind, number, length), random)
                }
                _ => corpus::document(kind, number, length),
            };
            Work { number, document, fate }
        })
        .collect()
}

/// A file that must fail, in one way or another.
fn broken(number: usize) -> Document {
    let word = corpus::document("docx", number, 20);
    let half = word.bytes[..word.bytes.len() / 2].to_vec();
    let (ending, bytes) = match (number / BROKEN) % 5 {
        0 => ("pdf", format!("%PDF-1.7 and no more than {number}").into_bytes()),
        1 => ("docx", half),
        2 => ("txt", format!("{}\n", " ".repeat(1000 + number)).into_bytes()),
        3 => ("zip", corpus::zip(&[("notes.bin", number.to_le_bytes().to_vec())])),
        _ => ("xlsx", corpus::zip(&[("[Content_Types].xml", vec![]), ("xl/workbook.xml", half)])),
    };
    Document { name: format!("broken-{number}.{ending}"), bytes, ..word }
}

/// The same document with much in it that is no text.
fn with_picture(document: Document, random: &mut StdRng) -> Document {
    let mut noise = vec![0_u8; PICTURE];
    random.fill(noise.as_mut_slice());
    let bytes = corpus::zip_with(&document.bytes, "word/media/picture.bin", &noise);
    Document { bytes, ..document }
}
