//! The scripts of files that hold more than scripts: everything else becomes blanks, so that places stay.

/// The text with everything but its scripts blanked; nothing for a file that is a script itself.
pub fn alone(path: &str, text: &str) -> Option<String> {
    let end = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    if !matches!(end.as_str(), "astro" | "svelte" | "vue") {
        return None;
    }
    let astro = end == "astro";
    let mut kept = Vec::new();
    let mut from = 0;
    if astro && let Some((start, end)) = front(text) {
        kept.push((start, end));
        from = end;
    }
    while let Some((start, end)) = next(text, from) {
        kept.push((start, end));
        from = end;
    }
    Some(blanked(text, &kept))
}

/// Astro's code between two lines of dashes.
fn front(text: &str) -> Option<(usize, usize)> {
    let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    let rest = text.get(start..)?.strip_prefix("---")?;
    let end = rest.find("\n---")?;
    Some((start + 3, start + 3 + end + 1))
}

/// The inside of the next `<script>`.
fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let open = from + text.get(from..)?.find("<script")?;
        let tag = text.get(open..)?;
        let after = tag.as_bytes().get("<script".len()).copied().unwrap_or(b'>');
        let start = open + closing(tag)? + 1;
        if !after.is_ascii_whitespace() && after != b'>' {
            from = start;
            continue;
        }
        let inside = text.get(start..)?;
        // a script that is not closed goes to the end
        let end = inside.find("</script").unwrap_or(inside.len());
        return Some((start, start + end));
    }
}

/// Where a tag closes: at the first `>` outside of quotes (`generics="T extends Map<K, V>"`).
fn closing(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.bytes().position(|byte| {
        match quote {
            Some(open) if open == byte => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte == b'>' => return true,
            _ => {}
        }
        false
    })
}

fn blanked(text: &str, kept: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut ranges = kept.iter().peekable();
    for (at, c) in text.char_indices() {
        while ranges.peek().is_some_and(|(_, end)| *end <= at) {
            ranges.next();
        }
        let inside = ranges.peek().is_some_and(|(start, _)| *start <= at);
        if inside || matches!(c, '\n' | '\r') {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    out
}
