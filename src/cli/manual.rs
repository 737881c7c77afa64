//! `privgate completions` and `privgate man`: made from the same definitions as `--help`.

use clap::CommandFactory;

use crate::cli::{Command, output};

/// Flags of `completions`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: clap_complete::Shell,
}

/// Prints the completions of a shell.
pub fn completions(arguments: &Arguments) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Command::command(), "privgate", &mut text);
    output::print(&String::from_utf8_lossy(&text));
    0
}

/// Prints the manual page, each command after the general part.
pub fn man() -> u8 {
    match page() {
        Ok(text) => {
            output::print(&text);
            0
        }
        Err(error) => {
            output::tell(&format!("error: the manual page could not be made: {error}"));
            3
        }
    }
}

fn page() -> std::io::Result<String> {
    let mut command = Command::command();
    command.build();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).section("1").render(&mut text)?;
    let mut open = below("", &command);
    while let Some((name, sub)) = open.pop() {
        let man = clap_mangen::Man::new(sub.clone());
        text.extend(format!(".SH \"PRIVGATE {}\"\n", name.to_uppercase()).bytes());
        man.render_description_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        if sub.get_arguments().next().is_some() {
            man.render_options_section(&mut text)?;
        }
        open.extend(below(&format!("{name} "), &sub));
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The commands below one with their full names, the first one last.
fn below(prefix: &str, command: &clap::Command) -> Vec<(String, clap::Command)> {
    let known = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    let mut all: Vec<_> = known.map(|sub| (format!("{prefix}{}", sub.get_name()), sub.clone())).collect();
    all.reverse();
    all
}
