//! How long one file of code may take to read: parsing and walking together.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Longest time for one file. Files that people write take a hundredth of it; what is built for tests is slower.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 2 });

/// Steps between two looks at the clock.
const STEPS: u32 = 32;

/// Runs from the start of a file's reading. Copies are one clock.
#[derive(Clone, Debug)]
pub struct Clock {
    deadline: Instant,
    steps: Rc<Cell<u32>>,
    late: Rc<Cell<bool>>,
}

impl Clock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self::until(Instant::now() + LONGEST)
    }

    fn until(deadline: Instant) -> Self {
        Self { deadline, steps: Rc::default(), late: Rc::default() }
    }

    /// Whether time is up; asked at every step, it costs nothing.
    #[must_use]
    pub fn late(&self) -> bool {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        if steps.is_multiple_of(STEPS) { self.look() } else { self.late.get() }
    }

    /// Whether time is up, by a look at the clock.
    #[must_use]
    pub fn look(&self) -> bool {
        self.late.set(self.late.get() || Instant::now() > self.deadline);
        self.late.get()
    }

    /// Whether the reading was cut short.
    #[must_use]
    pub fn was_late(&self) -> bool {
        self.late.get()
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, STEPS};
    use std::time::Instant;

    #[test]
    fn time_that_is_up_stays_up_and_copies_know_it() {
        let clock = Clock::until(Instant::now());
        let copy = clock.clone();
        let asked = (0..=STEPS).filter(|_| clock.late()).count();
        assert!(asked > 0 && copy.was_late() && copy.late());
        assert!(!Clock::start().late());
    }
}
