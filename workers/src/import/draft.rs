//! A chat from elsewhere in our words, and its messages put into a tree whatever the file says of their parents.

use std::collections::HashMap;

use serde_json::Value;
use shared::imports::{Report, Trouble};

/// Characters of one message.
const LONGEST: usize = 2_000_000;
/// Messages of one chat.
pub(super) const MOST: usize = 20_000;
/// Images of one message, and their bytes together.
const IMAGES: usize = 16;
const IMAGE_BYTES: usize = 20 * 1024 * 1024;

/// A chat as its source tells it.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What the chat is known by for ever, with the source in front.
    pub(super) key: String,
    pub(super) title: String,
    pub(super) model: Option<String>,
    pub(super) created_at: Option<i64>,
    pub(super) updated_at: Option<i64>,
    pub(super) pinned: bool,
    pub(super) archived: bool,
    pub(super) tags: Vec<String>,
    /// The names of the folders around it, the outer one first.
    pub(super) folder: Vec<String>,
    /// The id of the last message of the active branch.
    pub(super) current: Option<String>,
    pub(super) messages: Vec<Said>,
}

/// A message as its source tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    /// `None`: nothing to be shown. What hangs below it hangs below its parent then.
    pub(super) role: Option<&'static str>,
    pub(super) content: String,
    pub(super) images: Vec<String>,
    /// Of a message that is not shown: goes to the answer below it.
    pub(super) reasoning: Option<String>,
    pub(super) tool_calls: Option<Value>,
    pub(super) model: Option<String>,
    pub(super) finish_reason: Option<String>,
    pub(super) created_at: Option<i64>,
    /// Its place among its siblings, where the source says one.
    pub(super) rank: usize,
}

/// A message with its place: `parent` counts in the list that it stands in, where parents come first.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) said: Said,
    pub(super) parent: Option<usize>,
}

/// The tree of a chat.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) messages: Vec<Placed>,
    /// The last message of the active branch.
    pub(super) current: Option<usize>,
}

/// Puts every message that can be shown into the tree, and notes what was wrong with it.
pub(super) fn place(draft: &mut Draft, report: &mut Report) -> Tree {
    let mut said = std::mem::take(&mut draft.messages);
    let mut by_id: HashMap<String, usize> = HashMap::with_capacity(said.len());
    let before = said.len();
    let mut at = 0;
    said.retain(|message| {
        let new = !by_id.contains_key(&message.id);
        if new {
            by_id.insert(message.id.clone(), at);
            at += 1;
        }
        new
    });
    let title = draft.title.as_str();
    report.note(Trouble::DuplicateMessage, count(before - said.len()), title);
    let (mut cut, mut orphans) = (0, 0);
    let mut parents: Vec<Option<usize>> = said
        .iter()
        .map(|message| {
            let id = message.parent.as_ref()?;
            let parent = by_id.get(id).copied();
            orphans += usize::from(parent.is_none());
            parent
        })
        .collect();
    report.note(Trouble::Orphan, count(orphans), title);
    report.note(Trouble::Cycle, count(open_cycles(&mut parents)), title);
    for message in &mut said {
        cut += usize::from(bound(message));
    }
    report.note(Trouble::MessageCut, count(cut), title);

    let depths = depths(&parents);
    let shown = |at: usize, said: &[Said]| said[at].role.is_some();
    let mut order: Vec<(usize, Option<usize>, usize)> = Vec::new();
    for at in 0..said.len() {
        if !shown(at, &said) {
            continue;
        }
        let (mut parent, mut thoughts) = (parents[at], Vec::new());
        while let Some(above) = parent.filter(|above| !shown(*above, &said)) {
            thoughts.extend(said[above].reasoning.clone());
            parent = parents[above];
        }
        if said[at].role == Some("assistant") && said[at].reasoning.is_none() && !thoughts.is_empty() {
            thoughts.reverse();
            said[at].reasoning = Some(thoughts.join("\n\n"));
        }
        order.push((at, parent, depths[at]));
    }
    // Parents first; siblings as they came about.
    order.sort_by_key(|(at, _, depth)| (*depth, said[*at].created_at, said[*at].rank, *at));
    let new_place: HashMap<usize, usize> =
        order.iter().enumerate().map(|(new, (old, ..))| (*old, new)).collect();
    let mut current = draft.current.as_ref().and_then(|id| by_id.get(id).copied());
    while let Some(at) = current.filter(|at| !shown(*at, &said)) {
        current = parents[at];
    }
    let messages: Vec<Placed> = order
        .iter()
        .map(|(old, parent, _)| Placed {
            said: std::mem::take(&mut said[*old]),
            parent: parent.and_then(|parent| new_place.get(&parent).copied()),
        })
        .collect();
    let current = current.and_then(|at| new_place.get(&at).copied()).or_else(|| newest_leaf(&messages));
    Tree { messages, current }
}

/// Takes away one parent of each circle; says how many there were.
fn open_cycles(parents: &mut [Option<usize>]) -> usize {
    // 0: not seen; a number: seen on the walk with this number.
    let mut seen = vec![0_usize; parents.len()];
    let mut opened = 0;
    for start in 0..parents.len() {
        let (mut at, walk) = (start, start + 1);
        while seen[at] == 0 {
            seen[at] = walk;
            let Some(parent) = parents[at] else { break };
            if seen[parent] == walk {
                parents[at] = None;
                opened += 1;
                break;
            }
            at = parent;
        }
    }
    opened
}

/// How far each is from its root.
fn depths(parents: &[Option<usize>]) -> Vec<usize> {
    let mut depths: Vec<Option<usize>> = vec![None; parents.len()];
    let mut walk = Vec::new();
    for start in 0..parents.len() {
        let mut at = start;
        while depths[at].is_none() {
            walk.push(at);
            match parents[at] {
                Some(parent) => at = parent,
                None => break,
            }
        }
        while let Some(at) = walk.pop() {
            depths[at] = Some(parents[at].and_then(|parent| depths[parent]).map_or(0, |depth| depth + 1));
        }
    }
    depths.into_iter().map(Option::unwrap_or_default).collect()
}

fn newest_leaf(messages: &[Placed]) -> Option<usize> {
    let mut has_child = vec![false; messages.len()];
    for message in messages {
        if let Some(parent) = message.parent {
            has_child[parent] = true;
        }
    }
    (0..messages.len()).filter(|at| !has_child[*at]).max_by_key(|at| (messages[*at].said.created_at, *at))
}

/// Keeps a message within what a sent one may have; says whether something of it was lost.
fn bound(message: &mut Said) -> bool {
    let mut cut = false;
    if message.content.len() > LONGEST
        && let Some((end, _)) = message.content.char_indices().nth(LONGEST)
    {
        message.content.truncate(end);
        cut = true;
    }
    // PostgreSQL keeps no NUL in a text.
    if message.content.contains('\0') {
        message.content = message.content.replace('\0', "");
    }
    if let Some(reasoning) = message.reasoning.as_mut().filter(|reasoning| reasoning.contains('\0')) {
        *reasoning = reasoning.replace('\0', "");
    }
    let mut left = IMAGE_BYTES;
    let before = message.images.len();
    message.images.retain(|image| {
        let fits = image.len() <= left;
        left = left.saturating_sub(if fits { image.len() } else { 0 });
        fits
    });
    message.images.truncate(IMAGES);
    cut || message.images.len() < before
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A time as Unix milliseconds: a number of seconds or milliseconds, or a text by RFC 3339. What is no time of a chat
/// is none.
pub(super) fn time(value: &Value) -> Option<i64> {
    const YEAR_2000: i64 = 946_684_800_000;
    const YEAR_2100: i64 = 4_102_444_800_000;
    let ms = match value {
        // Seconds reach this number in the year 5138, milliseconds did in 1973.
        Value::Number(number) => match number.as_f64()? {
            ms if ms > 1e11 => ms as i64,
            s => (s * 1000.0) as i64,
        },
        Value::String(text) => chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis(),
        _ => return None,
    };
    (YEAR_2000..YEAR_2100).contains(&ms).then_some(ms)
}

pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Texts of a list.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

/// Addresses that a message may have.
pub(super) fn is_image(address: &str) -> bool {
    address.starts_with("data:image/") || address.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(id: &str, parent: &str, role: Option<&'static str>, at: i64) -> Said {
        Said {
            id: id.into(),
            parent: (!parent.is_empty()).then(|| parent.into()),
            role,
            content: id.into(),
            created_at: Some(at),
            ..Said::default()
        }
    }

    /// Each message with its parent, in the order of the tree.
    fn shape(tree: &Tree) -> Vec<(&str, Option<&str>)> {
        let name = |at: usize| tree.messages[at].said.content.as_str();
        (0..tree.messages.len()).map(|at| (name(at), tree.messages[at].parent.map(name))).collect()
    }

    fn placed(messages: Vec<Said>, current: Option<&str>) -> (Tree, Vec<(Trouble, u32)>) {
        let mut report = Report::default();
        let mut draft = Draft { messages, current: current.map(str::to_owned), ..Draft::default() };
        let tree = place(&mut draft, &mut report);
        (tree, report.problems.iter().map(|problem| (problem.code, problem.count)).collect())
    }

    #[test]
    fn a_sound_tree_stays_as_it_is() {
        let (user, answer) = (Some("user"), Some("assistant"));
        let messages = vec![
            said("b2", "a", answer, 3),
            said("a", "", user, 1),
            said("b1", "a", answer, 2),
            said("c", "b1", user, 4),
        ];
        let (tree, problems) = placed(messages, Some("b2"));
        assert_eq!(shape(&tree), [("a", None), ("b1", Some("a")), ("b2", Some("a")), ("c", Some("b1"))]);
        assert_eq!((tree.current, problems), (Some(2), vec![]));
    }

    #[test]
    fn orphans_circles_and_doubles_are_placed_and_told() {
        let user = Some("user");
        let messages = vec![
            said("a", "c", user, 1),
            said("b", "a", user, 2),
            said("c", "b", user, 3),
            said("alone", "gone", user, 4),
            said("self", "self", user, 5),
            said("b", "alone", user, 6),
        ];
        let (tree, problems) = placed(messages, Some("nowhere"));
        assert_eq!(tree.messages.len(), 5);
        assert_eq!(tree.messages.iter().filter(|message| message.parent.is_none()).count(), 3);
        assert_eq!(problems, [(Trouble::DuplicateMessage, 1), (Trouble::Orphan, 1), (Trouble::Cycle, 2)]);
        assert_eq!(
            tree.current.map(|at| tree.messages[at].said.content.as_str()),
            Some("self"),
            "the newest leaf"
        );
    }

    #[test]
    fn what_is_not_shown_leaves_no_hole() {
        let thought = Said { reasoning: Some("hm".into()), ..said("t", "a", None, 2) };
        let messages = vec![
            said("root", "", None, 0),
            said("a", "root", Some("user"), 1),
            thought,
            said("tool", "t", None, 3),
            said("b", "tool", Some("assistant"), 4),
            said("end", "b", None, 5),
        ];
        let (tree, _) = placed(messages, Some("end"));
        assert_eq!(shape(&tree), [("a", None), ("b", Some("a"))]);
        assert_eq!((tree.messages[1].said.reasoning.as_deref(), tree.current), (Some("hm"), Some(1)));
    }

    #[test]
    fn a_long_chain_of_parents_takes_no_time() {
        let messages: Vec<Said> = (0..2000)
            .map(|n| said(&n.to_string(), &(n + 1).to_string(), Some("user"), i64::from(n)))
            .collect();
        let (tree, problems) = placed(messages, None);
        assert_eq!((tree.messages.len(), problems), (2000, vec![(Trouble::Orphan, 1)]));
    }

    #[test]
    fn times_are_read_in_every_unit() {
        let ms = Some(1_700_000_000_123);
        assert_eq!(time(&json!(1_700_000_000.123)), ms);
        assert_eq!(time(&json!(1_700_000_000_123_i64)), ms);
        assert_eq!(time(&json!("2023-11-14T22:13:20.123Z")), ms);
        for none in [json!(0), json!(-5), json!(null), json!("soon"), json!(1e300)] {
            assert_eq!(time(&none), None, "{none}");
        }
    }
}
