//! Several rankings become one by reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): it needs no scores
//! that could be compared, only places.

use std::collections::HashMap;

/// Dampens the first places; the value of the paper.
const K: f64 = 60.0;

/// The `most` best passages of all rankings, each with its score. Equal scores go by id, so that an answer is the same
/// every time.
pub(super) fn fuse(rankings: &[Vec<i64>], most: usize) -> Vec<(i64, f64)> {
    let mut scores: HashMap<i64, f64> = HashMap::new();
    for ranking in rankings {
        for (place, id) in (1_u32..).zip(ranking) {
            *scores.entry(*id).or_default() += 1.0 / (K + f64::from(place));
        }
    }
    let mut best: Vec<(i64, f64)> = scores.into_iter().collect();
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(most);
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_rankings_agree_on_comes_first() {
        let ids =
            |rankings: &[Vec<i64>]| fuse(rankings, 10).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(&[vec![1, 2, 3], vec![4, 2, 5]])[0], 2);
        assert_eq!(ids(&[vec![3, 1, 2]]), [3, 1, 2]);
        assert_eq!(ids(&[vec![], vec![]]), [0_i64; 0]);
        assert_eq!(fuse(&[vec![1, 2, 3]], 2).len(), 2);
    }
}
