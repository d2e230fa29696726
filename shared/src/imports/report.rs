//! What an import has found.

use serde::{Deserialize, Serialize};

/// Titles that are named for each problem.
const EXAMPLES: usize = 5;

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Skein,
    OpenWebui,
    Chatgpt,
}

/// Something that cannot be taken as it is. It never stops the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// A chat that cannot be read.
    BrokenChat,
    /// A chat of more than 64 MiB.
    ChatTooLarge,
    /// A chat without a message that can be shown.
    EmptyChat,
    /// The file ends in the middle of a chat.
    Truncated,
    /// A message whose parent is not there; it begins a branch.
    Orphan,
    /// Messages that are each other's parents; the circle is cut open.
    Cycle,
    /// A second message with an id that was there already; left out.
    DuplicateMessage,
    /// A message longer than two million characters; cut.
    MessageCut,
    /// An image or a file whose content is not in the export.
    FileMissing,
    /// An answer that was never finished.
    Unfinished,
    /// What tools said to each other, and other parts that are no text; left out.
    LeftOut,
    /// A chat of more than 20,000 messages; left out.
    ChatTooLong,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Trouble,
    pub count: u32,
    /// Titles of chats that have it, the first few.
    pub examples: Vec<String>,
}

/// The file in figures. Before the import: what would come. Afterwards: what came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub source: Option<Source>,
    pub chats: u32,
    pub messages: u32,
    /// Chats that an earlier import brought, or that are the user's own.
    pub already: u32,
    pub problems: Vec<Problem>,
}

impl Report {
    /// Notes a problem of a chat.
    pub fn note(&mut self, code: Trouble, count: u32, title: &str) {
        if count == 0 {
            return;
        }
        let at = match self.problems.iter().position(|problem| problem.code == code) {
            Some(at) => at,
            None => {
                self.problems.push(Problem { code, count: 0, examples: Vec::new() });
                self.problems.len() - 1
            }
        };
        let problem = &mut self.problems[at];
        problem.count = problem.count.saturating_add(count);
        if problem.examples.len() < EXAMPLES
            && !title.is_empty()
            && !problem.examples.iter().any(|t| t == title)
        {
            problem.examples.push(title.to_owned());
        }
    }
}
