//! Finds the chats in the bytes of a JSON file, one by one, without reading the rest of the file into memory.
//!
//! It counts brackets outside of strings and knows nothing else of JSON: a chat that is not well formed is given on as it
//! is, and does no harm to the next. The file is a list of chats, one chat, or an object with a list named `chats`.

/// More than this of one chat is not held.
pub(super) const LARGEST: usize = 64 * 1024 * 1024;
/// The name of the list in an object that has one.
const LIST: &[u8] = b"chats";

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// The bytes of one chat.
    Chat(Vec<u8>),
    /// A chat that is larger than [`LARGEST`].
    TooLarge,
    /// What stands before the list in an object that has one, up to the name of the list.
    Head(Vec<u8>),
    /// The file ended in the middle.
    Truncated,
    /// The file is none of the forms.
    NotJson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    /// In a list whose items lie at this depth.
    List(u32),
    /// In one object, which may turn out to have a list.
    Single,
    End,
}

#[derive(Debug)]
pub(super) struct Splitter {
    place: Place,
    depth: u32,
    in_string: bool,
    escaped: bool,
    item: Vec<u8>,
    too_large: bool,
    /// The last string at depth 1, and whether a colon followed it.
    name: Vec<u8>,
    named: bool,
    largest: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self::with_largest(LARGEST)
    }

    fn with_largest(largest: usize) -> Self {
        Self {
            place: Place::Start,
            depth: 0,
            in_string: false,
            escaped: false,
            item: Vec::new(),
            too_large: false,
            name: Vec::new(),
            named: false,
            largest,
        }
    }

    /// Takes the next bytes of the file and gives what ends in them.
    pub(super) fn feed(&mut self, bytes: &[u8], found: &mut impl FnMut(Item)) {
        for byte in bytes {
            self.take(*byte, found);
        }
    }

    /// The end of the file.
    pub(super) fn end(self, found: &mut impl FnMut(Item)) {
        match self.place {
            Place::End => {}
            Place::Start => found(Item::NotJson),
            Place::List(_) | Place::Single => found(Item::Truncated),
        }
    }

    fn take(&mut self, byte: u8, found: &mut impl FnMut(Item)) {
        match self.place {
            Place::End => {}
            Place::Start => match byte {
                // A mark of the byte order, and white space.
                0xEF | 0xBB | 0xBF | b' ' | b'\t' | b'\r' | b'\n' => {}
                b'[' => (self.place, self.depth) = (Place::List(1), 1),
                b'{' => {
                    (self.place, self.depth) = (Place::Single, 1);
                    self.item.push(byte);
                }
                _ => {
                    self.place = Place::End;
                    found(Item::NotJson);
                }
            },
            Place::List(base) => self.in_list(byte, base, found),
            Place::Single => self.in_single(byte, found),
        }
    }

    fn in_list(&mut self, byte: u8, base: u32, found: &mut impl FnMut(Item)) {
        if !self.in_string && self.depth == base {
            match byte {
                b',' => return self.give(found),
                b']' => {
                    self.give(found);
                    self.place = Place::End;
                    return;
                }
                b' ' | b'\t' | b'\r' | b'\n' if self.item.is_empty() => return,
                _ => {}
            }
        }
        self.keep(byte);
        self.follow(byte);
    }

    fn in_single(&mut self, byte: u8, found: &mut impl FnMut(Item)) {
        let was_string = self.in_string;
        let at_top = self.depth == 1;
        if at_top && !was_string {
            match byte {
                b'"' => self.name.clear(),
                b':' => self.named = true,
                b',' => self.named = false,
                b'[' if self.named && self.name == LIST => {
                    found(Item::Head(std::mem::take(&mut self.item)));
                    self.too_large = false;
                    (self.place, self.depth) = (Place::List(2), 2);
                    return;
                }
                _ => {}
            }
        }
        self.keep(byte);
        self.follow(byte);
        if at_top && was_string && self.in_string && !self.named && self.name.len() < 64 {
            self.name.push(byte);
        }
        if self.depth == 0 {
            self.give(found);
            self.place = Place::End;
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.item.len() < self.largest {
            self.item.push(byte);
        } else {
            self.too_large = true;
            // One byte says that there is something.
            self.item = vec![byte];
            self.largest = self.largest.max(1);
        }
    }

    fn follow(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn give(&mut self, found: &mut impl FnMut(Item)) {
        let item = std::mem::take(&mut self.item);
        if std::mem::take(&mut self.too_large) {
            found(Item::TooLarge);
        } else if !item.is_empty() {
            found(Item::Chat(item));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found when the file comes in pieces of this size.
    fn found(file: &[u8], piece: usize, largest: usize) -> Vec<Item> {
        let mut items = Vec::new();
        let mut splitter = Splitter::with_largest(largest);
        for bytes in file.chunks(piece) {
            splitter.feed(bytes, &mut |item| items.push(item));
        }
        splitter.end(&mut |item| items.push(item));
        items
    }

    fn chat(text: &str) -> Item {
        Item::Chat(text.as_bytes().to_vec())
    }

    #[test]
    fn chats_are_found_in_every_form_however_the_bytes_come() {
        let list = b"\xEF\xBB\xBF [ {\"a\": \"]},{\\\"\"} ,\n{\"b\":[1,2,{\"c\":\"\\\\\"}]}, 7 ]  ";
        let wrapped = br#"{"format":"x","n":{"chats":[0]},"chats":[{"a":1},{"b":"chats"}],"more":[1]}"#;
        let single = br#"{"chat":{"chats":[1]},"title":"chats"}"#;
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(
                found(list, piece, LARGEST),
                [chat("{\"a\": \"]},{\\\"\"} "), chat("{\"b\":[1,2,{\"c\":\"\\\\\"}]}"), chat("7 ")]
            );
            assert_eq!(
                found(wrapped, piece, LARGEST),
                [
                    Item::Head(br#"{"format":"x","n":{"chats":[0]},"chats":"#.to_vec()),
                    chat("{\"a\":1}"),
                    chat("{\"b\":\"chats\"}")
                ]
            );
            assert_eq!(found(single, piece, LARGEST), [chat(std::str::from_utf8(single).unwrap())]);
        }
    }

    #[test]
    fn what_is_no_file_of_chats_is_said_and_does_not_end_the_rest() {
        assert_eq!(found(b"", 5, LARGEST), [Item::NotJson]);
        assert_eq!(found(b"PK\x03\x04", 5, LARGEST), [Item::NotJson]);
        assert_eq!(found(b"[]", 5, LARGEST), []);
        assert_eq!(found(b"[{\"a\":1},{\"b\":", 5, LARGEST), [chat("{\"a\":1}"), Item::Truncated]);
        assert_eq!(found(b"[{a:}},{\"b\":1}]", 5, LARGEST).len(), 1, "a bracket too many ends the list");
    }

    #[test]
    fn a_chat_that_is_too_large_is_passed_over() {
        let file = format!("[{{\"a\":\"{}\"}},{{\"b\":1}}]", "x".repeat(500));
        for piece in [1, 64, 1000] {
            assert_eq!(found(file.as_bytes(), piece, 100), [Item::TooLarge, chat("{\"b\":1}")]);
        }
    }
}
