//! The `privgate` program: hands the command line to the library and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // a panic is never an answer: exit 3, as for everything that cannot be decided
    let code = std::panic::catch_unwind(privgate::cli::run).unwrap_or(3);
    ExitCode::from(code)
}
