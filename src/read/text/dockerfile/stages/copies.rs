//! What `COPY` and `ADD` bring: files written on the spot, and parts of other images.

use super::Builder;
use crate::read::text::command::Word;
use crate::read::text::command::written;
use crate::read::text::dockerfile::lex::Instruction;
use crate::read::text::pins;
use crate::setting::{Setting, Surface};
use crate::span::OffsetMap;
use crate::value::Outcome;

impl Builder<'_> {
    /// `COPY <<EOF /app/config.yaml`: files that are written here.
    pub(super) fn copied(&mut self, instruction: &Instruction) {
        let words = instruction.words(self.escape);
        if let Some(word) = words.iter().find(|word| word.text.starts_with("--from=")) {
            let from = word.part("--from=".len(), word.text.len());
            self.taken_from(instruction, &from);
        }
        if instruction.heredocs.is_empty() {
            return;
        }
        let Some((target, sources)) = words.split_last() else { return };
        let sources = sources.iter().filter_map(|word| word.text.strip_prefix("<<"));
        let scope = self.stage(instruction.span).scope;
        for (source, body) in sources.zip(&instruction.heredocs) {
            let source = source.trim_matches(['-', '"', '\'']);
            let path = if target.text.ends_with('/') { source } else { &*target.text };
            let (text, start) = (body.of(self.text), body.start as usize);
            written::file(path, text, &OffsetMap::shifted(start), scope, self.reading);
        }
    }

    /// `COPY --from=ghcr.io/astral-sh/uv:0.4`: another image, where no stage has that name.
    fn taken_from(&mut self, instruction: &Instruction, from: &Word) {
        let stage = self.names.contains_key(&from.text.to_lowercase()) || from.text.bytes().all(|b| b.is_ascii_digit());
        if stage || !from.text.contains(['/', ':']) || from.text.contains('$') {
            return;
        }
        let (repo, ..) = pins::split_reference(&from.text);
        let scope = self.stage(instruction.span).scope;
        let setting = Setting::named(scope, Surface::Image, repo, Outcome::text(&*from.text), from.span, from.span);
        self.reading.settings.push(setting);
    }
}
