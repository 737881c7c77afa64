//! Text of a repository made harmless for the place it is written to: one function a channel.
//! Every character that moves the cursor, hides itself or turns the reading direction becomes a visible `\u{..}`.

use std::fmt::Write as _;

/// Whether a character must never reach a reader as it is: it is invisible, or it changes how other characters are shown.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(code,
            0x00AD | 0x061C | 0x115F | 0x1160 | 0x180E | 0x3164 | 0xFEFF | 0xFFA0
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F)
        // noncharacters: XML refuses some of them
        || code & 0xFFFE == 0xFFFE
        || matches!(code, 0xFDD0..=0xFDEF)
}

fn visible(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && !keep(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// For a terminal, several lines allowed: line feeds and tabs stay.
#[must_use]
pub fn terminal(text: &str) -> String {
    visible(text, |c| c == '\n' || c == '\t')
}

/// For one line of a terminal: file names, values, names. Nothing can start a new line.
#[must_use]
pub fn line(text: &str) -> String {
    visible(text, |_| false)
}

/// For a CI log that a runner reads for commands: legacy `##[command]` anywhere and `::command::` at a line's start are broken.
#[must_use]
pub fn log(text: &str) -> String {
    let text = text.replace("##[", "# #[");
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(['\n', '\r']) {
        let body = part.trim_start();
        if let Some(rest) = body.strip_prefix("::") {
            out.push_str(part.strip_suffix(body).unwrap_or(""));
            out.push_str(": :");
            out.push_str(rest);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// For the message of a GitHub workflow command, hidden characters included; the percent sign goes first.
#[must_use]
pub fn workflow_data(text: &str) -> String {
    log(&terminal(text)).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// For a property of a GitHub workflow command: nothing can end the property or start another one.
#[must_use]
pub fn workflow_property(text: &str) -> String {
    let shown = log(&line(text));
    shown.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(':', "%3A").replace(',', "%2C")
}

/// For running text of GitHub's and GitLab's Markdown: no markup, no links, no HTML, and nobody is called by `@name`.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let text = line(&text.replace(['\n', '\t'], " "));
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let named = chars.peek().is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '"'));
        let ends = chars.peek().is_none_or(|next| *next == ' ');
        let after = std::mem::replace(&mut last, c);
        match c {
            // the marks of a sentence mean nothing, unless they number a list
            ',' | ';' | '?' | '\'' | '"' => out.push(c),
            '.' | ':' if ends && !after.is_ascii_digit() && after != ':' => out.push(c),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // mentions and references are found after rendering: only a break between sign and name stops them
            '@' | '#' | '!' | '~' | '%' | '$' if named => {
                out.push('\\');
                out.push(c);
                out.push_str("&#8203;");
            }
            c if c.is_ascii_punctuation() => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// For a piece of code in GitHub's and GitLab's Markdown, table cells included. What could end a code span or a cell stands as
/// escaped text instead.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let shown = line(&text.replace(['\n', '\t'], " "));
    let body = shown.trim();
    if body.is_empty() || body.contains(['`', '|', '\\']) { markdown(&shown) } else { format!("`{body}`") }
}

/// Prose of a policy in Markdown: what stands between backticks is code, everything else is plain text.
#[must_use]
pub fn markdown_prose(text: &str) -> String {
    prose(text, markdown, markdown_code)
}

/// Prose of a policy in HTML: what stands between backticks is code, everything else is plain text.
#[must_use]
pub fn html_prose(text: &str) -> String {
    prose(text, html, |code| format!("<code>{}</code>", html(code)))
}

fn prose(text: &str, plain: impl Fn(&str) -> String, code: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((inside, behind)) = after.split_once('`') else { break };
        out.push_str(&plain(before));
        out.push_str(&code(inside));
        rest = behind;
    }
    out.push_str(&plain(rest));
    out
}

/// For plain text inside a JSON report that a forge may show as Markdown or with links: no `[text](target)`, nobody is called.
#[must_use]
pub fn plain(text: &str) -> String {
    let shown = log(&line(&text.replace(['\n', '\t'], " ")));
    let mut out = String::with_capacity(shown.len());
    let mut chars = shown.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let next = chars.peek().copied().unwrap_or(' ');
        let breaks = match c {
            '@' => next.is_alphanumeric() || next == '_',
            ']' => matches!(next, '(' | '['),
            '<' => next.is_alphanumeric() || matches!(next, '/' | '!' | '?'),
            _ => false,
        };
        if breaks {
            out.push(' ');
        }
    }
    out
}

/// For text and quoted attributes of HTML. What a runner could take for a command stands as a character reference.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut fresh, mut sharps) = (true, 0);
    for c in terminal(text).chars() {
        let starts = fresh && c == ':';
        fresh = (fresh && c.is_whitespace()) || c == '\n';
        let command = c == '[' && sharps >= 2;
        sharps = if c == '#' { sharps + 1 } else { 0 };
        match c {
            _ if starts => out.push_str("&#58;"),
            _ if command => out.push_str("&#91;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// For text and quoted attributes of XML. Characters that XML cannot hold have become visible, so the document stays well-formed.
#[must_use]
pub fn xml(text: &str) -> String {
    html(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each: colours, a link, a title, a new line, bidi, zero width, C1, tags.
    const ATTACK: &str = "a\u{1b}[31m\u{1b}]8;;http://x\u{7}b\r\u{9b}2J\u{202e}c\u{2066}\u{200b}\u{feff}\u{61c}\u{2028}\u{e0041}\u{85}";

    #[test]
    fn a_terminal_gets_no_control_and_no_bidirectional_character() {
        let shown = terminal(ATTACK);
        assert!(!shown.chars().any(is_hidden), "{shown:?}");
        assert!(shown.starts_with(r"a\u{1b}[31m\u{1b}]8;;http://x\u{7}b\u{d}\u{9b}2J\u{202e}c"));
        assert_eq!(terminal("a\n\tb é 漢 🙂"), "a\n\tb é 漢 🙂");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("a\nb\tc"), r"a\u{a}b\u{9}c");
    }

    #[test]
    fn a_message_cannot_start_another_workflow_command() {
        assert_eq!(workflow_data("50%\n::set-env name=A::b"), "50%25%0A: :set-env name=A::b");
        assert_eq!(workflow_data("  ::add-mask::x"), "  : :add-mask::x");
        assert_eq!(workflow_data("x ##[error]y ###[debug]"), "x # #[error]y ## #[debug]");
        assert_eq!(workflow_data("a\r::debug::b"), r"a\u{d}::debug::b");
        assert!(!workflow_data(ATTACK).contains(['\r', '\n', '\u{1b}']));
    }

    #[test]
    fn a_property_cannot_end_itself() {
        assert_eq!(workflow_property("a,line=1::b%"), "a%2Cline=1%3A%3Ab%25");
        assert_eq!(workflow_property("a\n::error::x"), r"a\u{a}%3A%3Aerror%3A%3Ax");
    }

    #[test]
    fn a_log_line_cannot_be_a_command_however_it_is_indented() {
        assert_eq!(log("a\n \t::debug::x\n::a\nb ::c"), "a\n \t: :debug::x\n: :a\nb ::c");
        assert!(!log("####[[##[a]").contains("##["));
    }

    #[test]
    fn markdown_has_no_markup_links_or_mentions() {
        assert_eq!(markdown("@a **b** <img> [x](y)"), r"\@&#8203;a \*\*b\*\* &lt;img&gt; \[x\]\(y\)");
        assert_eq!(markdown("https://x.y www.z.a `c` |"), r"https\:\/\/x\.y www\.z\.a \`c\` \|");
        assert_eq!(markdown("see #12, !3."), r"see \#&#8203;12, \!&#8203;3\.");
        assert_eq!(markdown("So: a. b:c 1. d"), r"So: a. b\:c 1\. d");
        assert_eq!(markdown("a\n# b"), r"a \# b");
    }

    #[test]
    fn html_and_xml_stay_text() {
        assert_eq!(html("<script a=\"b\" c='d'>&"), "&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;");
        assert_eq!(xml("]]>\u{0}\u{ffff}"), r"]]&gt;\u{0}\u{ffff}");
        assert_eq!(html("::a::b\n  ::c ##[d]"), "&#58;:a::b\n  &#58;:c ##&#91;d]");
    }

    #[test]
    fn code_in_markdown_cannot_end_itself_or_its_cell() {
        assert_eq!(markdown_code("a_b@c <i>"), "`a_b@c <i>`");
        assert_eq!(markdown_code("a`b"), r"a\`b");
        assert_eq!(markdown_code(r"a\|b"), r"a\\\|b");
        assert_eq!(markdown_code("a\n b"), "`a  b`");
        assert_eq!(markdown_code(""), "");
    }

    #[test]
    fn prose_keeps_its_code_and_nothing_else() {
        assert_eq!(markdown_prose("Set `A=*1*`, **now**."), r"Set `A=*1*`, \*\*now\*\*.");
        assert_eq!(html_prose("Set `A<1`, <b>."), "Set <code>A&lt;1</code>, &lt;b&gt;.");
        assert_eq!(html_prose("one ` alone"), "one ` alone");
    }

    #[test]
    fn plain_text_has_no_links_tags_or_mentions() {
        assert_eq!(plain("@all [x](http://y) <script> a < b\n##[c]"), "@ all [x] (http://y) < script> a < b # #[c]");
    }
}
