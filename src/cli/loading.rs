//! The built-in policies, read in a thread of their own while git is asked. What most changes need of them is made ready behind that.

use std::cell::OnceCell;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::check::room;
use crate::policy::catalogue::{Catalogue, Refused};

/// Policies on their way. Nobody takes them apart again before the program ends.
#[derive(Debug)]
pub struct Loading {
    told: Receiver<Result<&'static Catalogue, Refused>>,
    known: OnceCell<&'static Catalogue>,
}

impl Loading {
    /// Begins.
    pub fn start() -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            room::prepare();
            room::ahead();
            let loaded = Catalogue::built_in().map(|catalogue| &*Box::leak(Box::new(catalogue)));
            let catalogue = loaded.as_ref().ok().copied();
            // whoever asked may be gone by now
            let _ = tell.send(loaded);
            if let Some(catalogue) = catalogue {
                let _ = catalogue.lexicons();
            }
        });
        Self { told, known: OnceCell::new() }
    }

    /// Waits for them.
    ///
    /// # Errors
    /// The binary is damaged.
    pub fn wait(&self) -> Result<&'static Catalogue, Refused> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let lost = || Err(Refused { id: "built-in".into(), message: "could not be loaded".into() });
        let loaded = self.told.recv().unwrap_or_else(|_| lost())?;
        Ok(self.known.get_or_init(|| loaded))
    }
}
