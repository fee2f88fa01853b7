//! Owns numbers that look like chance and are the same again for the same seed.

/// `SplitMix64`: enough to choose by, and repeatable.
#[derive(Clone)]
pub(crate) struct Numbers(u64);

impl Numbers {
    /// The numbers of one case of one run.
    pub(crate) fn of(seed: u64, case: u64) -> Self {
        let mut numbers = Self(seed ^ case.wrapping_mul(0xd6e8_feb8_6659_fd93));
        numbers.next();
        numbers
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap()
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_case_gives_others() {
    let first = |seed, case| Numbers::of(seed, case).next();
    assert_eq!(first(1, 1), first(1, 1));
    assert_ne!(first(1, 1), first(1, 2));
    assert_ne!(first(1, 1), first(2, 1));
}
