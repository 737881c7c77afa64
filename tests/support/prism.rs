//! Prism between the program and a fake GitHub: it holds every request against GitHub's published API description.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::format_push_string,
    reason = "a test that cannot set up its case must stop"
)]

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running Prism.
pub struct Prism {
    child: Child,
    port: u16,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Prism {
    /// Starts it in front of a server.
    pub fn in_front_of(upstream: &str) -> Self {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/tools/forge");
        let (program, document) = (tools.join("node_modules/.bin/prism"), tools.join("github.json"));
        assert!(program.exists() && document.exists(), "{} or {} is missing: run .ci/run once", program.display(), document.display());
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("prism.log");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let out = File::create(&log).unwrap();
        let child = Command::new(program)
            .args(["proxy", document.to_str().unwrap(), upstream, "-h", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        let prism = Self { child, port, log, _folder: folder };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(180), "Prism does not start: {}", prism.log());
            std::thread::sleep(Duration::from_millis(200));
        }
        prism
    }

    /// Its address.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many requests came by, and what was wrong with them. Answers are the fake's own business.
    pub fn judged(&self) -> (usize, Vec<String>) {
        let log = self.log();
        let wrong = log.lines().filter(|line| line.contains("Violation: request")).map(str::to_owned).collect();
        (log.lines().filter(|line| line.contains("Request received")).count(), wrong)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
