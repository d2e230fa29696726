//! Text that is like a language to an index: few words are everywhere, most are rare.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

const WORDS: usize = 30_000;
const SYLLABLES: [&str; 24] = [
    "ba", "der", "mi", "lon", "ka", "rest", "vo", "tin", "sa", "mel", "or", "fu", "gan", "pe", "lis", "dro",
    "ne", "hal", "ti", "quor", "ja", "wen", "zu", "chi",
];

pub(super) struct Language {
    words: Vec<String>,
    random: StdRng,
}

impl Language {
    pub(super) fn new(seed: u64) -> Self {
        let word = |n: usize| {
            let (mut rest, mut word) = (n + 1, String::new());
            while rest > 0 {
                word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
                rest /= SYLLABLES.len();
            }
            word
        };
        Self { words: (0..WORDS).map(word).collect(), random: StdRng::seed_from_u64(seed) }
    }

    /// A word; the nth is there about 1/n as often as the first (Zipf).
    pub(super) fn word(&mut self) -> &str {
        let place = (WORDS as f64).powf(self.random.random::<f64>()) - 1.0;
        &self.words[(place as usize).min(WORDS - 1)]
    }

    fn sentence(&mut self) -> String {
        let length = self.random.random_range(6..20);
        let words: Vec<String> = (0..length).map(|_| self.word().to_owned()).collect();
        format!("{}. ", words.join(" "))
    }

    /// Paragraphs of about so many bytes together.
    pub(super) fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 200);
        while text.len() < bytes {
            for _ in 0..5 {
                text.push_str(&self.sentence());
            }
            text.push_str("\n\n");
        }
        text
    }

    /// A question of some words, none of which is one of the most common.
    pub(super) fn question(&mut self) -> String {
        let count = self.random.random_range(3..7);
        let mut words: Vec<String> = Vec::new();
        while words.len() < count {
            let place = (WORDS as f64).powf(self.random.random_range(0.35..1.0)) - 1.0;
            words.push(self.words[(place as usize).min(WORDS - 1)].clone());
        }
        words.join(" ")
    }
}
