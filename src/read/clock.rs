//! How long one file of code may take to read: parsing and walking together. The thread's own time is counted where the system
//! tells it, so that a busy machine reads what an idle one reads.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// Longest time for one file. Files that people write take a hundredth of it; what is built for tests is slower.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 2 });

/// Steps between two looks at the clock.
const STEPS: u32 = 256;

/// Runs from the start of a file's reading. Copies are one clock.
#[derive(Clone, Debug)]
pub struct Clock {
    deadline: Duration,
    steps: Rc<Cell<u32>>,
    late: Rc<Cell<bool>>,
}

impl Clock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self::until(now() + LONGEST)
    }

    fn until(deadline: Duration) -> Self {
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
        self.late.set(self.late.get() || now() > self.deadline);
        self.late.get()
    }

    /// Whether the reading was cut short.
    #[must_use]
    pub fn was_late(&self) -> bool {
        self.late.get()
    }
}

/// Time that this thread has worked.
#[cfg(unix)]
pub(crate) fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Time since the first question.
#[cfg(not(unix))]
pub(crate) fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::{Clock, STEPS, now};

    #[test]
    fn time_that_is_up_stays_up_and_copies_know_it() {
        let clock = Clock::until(now());
        let copy = clock.clone();
        let asked = (0..=STEPS).filter(|_| clock.late()).count();
        assert!(asked > 0 && copy.was_late() && copy.late());
        assert!(!Clock::start().late());
    }
}
