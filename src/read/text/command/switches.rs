//! What is known about programs: which words only wrap another program, which flags never take the next word.

/// Words that stand before a command and are none.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "if" | "then" | "else" | "elif" | "do" | "while" | "until" | "!" | "{" | "}" | "@" | "fi" | "done" | "esac")
}

/// Commands whose dashes are no settings of a program.
pub(crate) fn runs_nothing(program: &str) -> bool {
    matches!(
        program,
        "[" | "[["
            | "test"
            | "for"
            | "case"
            | "select"
            | "function"
            | "in"
            | "echo"
            | "printf"
            | "cd"
            | "return"
            | "exit"
            | "local"
            | "readonly"
            | "unset"
            | "shift"
            | "true"
            | "false"
            | "]"
            | "]]"
            | "set"
            | "trap"
            | "read"
            | "break"
            | "continue"
    )
}

/// Programs that run the program after them, with the count of words of their own.
pub(crate) fn wrapper(program: &str) -> Option<usize> {
    match program {
        "exec" | "sudo" | "doas" | "env" | "nohup" | "time" | "command" | "builtin" | "nice" | "tini" | "dumb-init" | "stdbuf"
        | "xvfb-run" | "setsid" | "cross-env" | "cross-env-shell" => Some(0),
        "gosu" | "su-exec" | "timeout" | "chroot" | "dotenvx" => Some(1),
        _ => None,
    }
}

/// `sudo -u user`, `env -u NAME`, `nice -n 5`.
pub(super) fn wrapper_takes_value(option: &str) -> bool {
    matches!(option, "-u" | "-g" | "-n" | "-C" | "-k" | "-s" | "--user" | "--group" | "--unset" | "--chdir" | "--signal")
}

/// Programs that take a script after `-c`.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh")
}

/// Programs that run what they are given to read, when no argument says otherwise.
pub(super) fn runs_its_input(program: &str) -> bool {
    is_shell(program) || matches!(program, "fish" | "python" | "python3" | "perl" | "ruby" | "node" | "pwsh" | "iex")
}

/// Programs whose `-e` sets a variable of the container.
pub(super) fn is_container_engine(program: &str) -> bool {
    matches!(program, "docker" | "podman" | "nerdctl") || held_engine(program).is_some()
}

/// `docker` for a variable that is called after a program of its kind: `$CONTAINER_RUNTIME run`, `"${DOCKER}" run`.
pub(crate) fn held_engine(program: &str) -> Option<&'static str> {
    let name = program.trim_matches('"').strip_prefix('$')?.trim_matches(['{', '}']);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let parts = || name.split('_').map(str::to_ascii_lowercase);
    let engine = parts().any(|part| matches!(&*part, "docker" | "podman" | "nerdctl"));
    let kind =
        parts().any(|part| part == "container") && parts().any(|part| matches!(&*part, "runtime" | "engine" | "cli" | "cmd" | "tool"));
    (plain && (engine || kind)).then_some("docker")
}

/// Programs that read `-abc` as `-a -b -c`.
pub(super) fn bundles(program: &str) -> bool {
    matches!(program, "curl" | "wget" | "tar" | "docker" | "podman" | "pip" | "pip3" | "apt-get" | "apt" | "git" | "ssh" | "psql")
}

/// The long name of a letter where the program is known, for letters that mean something else to every other program.
pub(super) fn long_of(program: &str, flag: &str) -> Option<&'static str> {
    match (super::base_name(program), flag) {
        ("gunicorn" | "hypercorn", "-b") => Some("--bind"),
        _ => None,
    }
}

/// Flags that never take the next word, so that `--reload main:app` is a switch and an argument.
pub(crate) fn is_switch(program: &str, flag: &str) -> bool {
    let short = flag.len() == 2
        && matches!(program, "curl" | "wget")
        && flag.ends_with(['k', 's', 'S', 'f', 'L', 'v', 'i', 'I', 'q', 'g', 'N', 'O']);
    let bundle = bundles(program) && !flag.starts_with("--") && flag.len() > 2 && !flag.ends_with(['o', 'f', 'C', 'e', 'p', 'v']);
    short
        || bundle
        || SWITCHES.contains(&flag)
        || ["--no-", "--disable-", "--enable-", "--allow-", "--skip-", "--without-"].iter().any(|p| flag.starts_with(p))
}

/// Switches of many programs. `--allow-` above is followed by `=` where it takes a list (Deno).
const SWITCHES: &[&str] = &[
    "--all",
    "--debug",
    "--detach",
    "--dry-run",
    "--force",
    "--global",
    "--help",
    "--insecure",
    "--interactive",
    "--privileged",
    "--quiet",
    "--reload",
    "--rm",
    "--silent",
    "--trust-remote-code",
    "--tty",
    "--upgrade",
    "--verbose",
    "--version",
    "--yes",
    "--pre",
    "--user-install",
    "--break-system-packages",
    "--share",
    "--read-only",
    "--frozen",
    "--locked",
    "--offline",
    "--prod",
    "--production",
    "--no-verify",
];
