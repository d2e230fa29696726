use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Longest key in bytes, so that with a slash per character it is still one file name.
const MAX: usize = 200;

/// The name of a blob: words of small letters, digits, `-`, `_` and `.`, joined by `/`. None begins with a dot, so a
/// key can neither leave its store nor hide in it, and none differs from another by case alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        if text.len() <= MAX && text.split('/').all(is_word) {
            Ok(Self(text))
        } else {
            Err(Error::invalid("invalid_blob_key", "The name of a stored file is not valid."))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_word(word: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    !word.is_empty() && !word.starts_with('.') && word.bytes().all(plain)
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BlobKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside() {
        for good in ["a", "files/0192f0c1-7f1e-7000-8000-000000000001", "files/x/preview_1.png", "a.b"] {
            assert_eq!(BlobKey::new(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(MAX + 1);
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", ".tmp/a", "a\\b", "a b", "A",
            "ä", "a\0", "a\n", "%2e%2e/a", "c:a", "a+b", &long,
        ] {
            assert_eq!(BlobKey::new(bad).unwrap_err().code, "invalid_blob_key", "{bad:?}");
        }
    }
}
