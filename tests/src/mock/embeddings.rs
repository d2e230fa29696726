use serde_json::Value;

/// An embedding that needs no model: each word adds to the place that its hash names, and the sum is made one long.
/// Texts that share words are near each other; the same text always gives the same vector.
pub fn embed(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0f32; dimensions.max(1)];
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let hash = fnv1a(word.to_lowercase().as_bytes());
        let place = usize::try_from(hash % vector.len() as u64).unwrap_or(0);
        vector[place] += if hash >> 63 == 0 { 1.0 } else { -1.0 };
    }
    if vector.iter().all(|value| *value == 0.0) {
        vector[0] = 1.0;
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

/// The texts that a request asks vectors for: one, or a list.
pub(super) fn texts(input: &Value) -> Vec<&str> {
    match input {
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

// Fowler/Noll/Vo 1a, 64 bits: stable between runs, which the standard library's hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        embed(a, 64).iter().zip(embed(b, 64)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn shared_words_bring_texts_nearer() {
        assert!((cosine("The red fox", "the RED fox!") - 1.0).abs() < 1e-5);
        assert!(
            cosine("the red fox runs", "the red fox sleeps") > cosine("the red fox runs", "tax return 2026")
        );
        assert_eq!(embed("", 8).len(), 8);
    }
}
