//! The built-in policies, read in a thread of their own while git is asked. What most changes need of them is made ready behind that.

use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::policy::catalogue::{Catalogue, Refused};

/// Policies on their way. Nobody takes them apart again before the program ends.
#[derive(Debug)]
pub struct Loading(Receiver<Result<&'static Catalogue, Refused>>);

impl Loading {
    /// Begins.
    pub fn start() -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            let loaded = Catalogue::built_in().map(|catalogue| &*Box::leak(Box::new(catalogue)));
            let catalogue = loaded.as_ref().ok().copied();
            // whoever asked may be gone by now
            let _ = tell.send(loaded);
            if let Some(catalogue) = catalogue {
                let _ = catalogue.lexicons();
            }
        });
        Self(told)
    }

    /// Waits for them.
    ///
    /// # Errors
    /// The binary is damaged.
    pub fn wait(self) -> Result<&'static Catalogue, Refused> {
        self.0.recv().unwrap_or_else(|_| Err(Refused { id: "built-in".into(), message: "could not be loaded".into() }))
    }
}
