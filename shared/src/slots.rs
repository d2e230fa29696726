//! A bounded number of things that are open at once in this process, in all and by owner.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Slots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    all: usize,
    by_owner: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_owner: HashMap<Uuid, usize>,
}

/// What stands in the way of one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The process has as many as it takes.
    All,
    /// This owner has as many as one may have.
    Owner,
}

/// One that is open, until it is dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    owner: Uuid,
}

impl Slots {
    /// At most `all` in this process and `by_owner` of one owner.
    pub fn new(all: usize, by_owner: usize) -> Self {
        Self(Arc::new(Inner { all, by_owner, taken: Mutex::default() }))
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    /// Takes one, or says which bound is reached.
    pub fn take(&self, owner: Uuid) -> Result<Slot, Full> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.0.all {
            return Err(Full::All);
        }
        let own = taken.by_owner.entry(owner).or_default();
        if *own >= self.0.by_owner {
            return Err(Full::Owner);
        }
        *own += 1;
        taken.all += 1;
        Ok(Slot { slots: self.clone(), owner })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(own) = taken.by_owner.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                taken.by_owner.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_and_the_process_have_bounds_and_closing_makes_room() {
        let slots = Slots::new(3, 2);
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = slots.take(a).unwrap();
        let _second = slots.take(a).unwrap();
        assert_eq!(slots.take(a).unwrap_err(), Full::Owner);
        let other = slots.take(b).unwrap();
        assert_eq!(slots.take(b).unwrap_err(), Full::All);
        drop(first);
        drop(slots.take(b).unwrap());
        drop(other);
        assert!(slots.take(a).is_ok());
        assert!(slots.0.taken.lock().unwrap().by_owner.len() == 1, "nothing is kept of who has none open");
    }
}
