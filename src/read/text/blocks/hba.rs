//! `PostgreSQL`'s `pg_hba.conf`: who may come from where, and by which method.

use crate::read::text::lines;
use crate::reading::Reading;
use crate::scope::{ScopeId, ScopeKind, Step};
use crate::setting::{Setting, Surface};
use crate::span::Span;
use crate::value::Outcome;

/// Each record is a unit named by all but its method, and its method is the setting.
pub(super) fn read(text: &str, reading: &mut Reading) {
    let mut index = 0;
    for (at, line) in lines(text) {
        let line = line.split('#').next().unwrap_or("");
        let words: Vec<(usize, &str)> =
            line.split_whitespace().map(|word| (at + (word.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize), word)).collect();
        let Some((start, kind)) = words.first().copied() else { continue };
        let local = kind == "local";
        if !local && !matches!(kind, "host" | "hostssl" | "hostnossl" | "hostgssenc" | "hostnogssenc") {
            continue;
        }
        // an address and a mask in words of their own are one more word
        let masked = words.get(4).is_some_and(|(_, word)| word.contains(['.', ':']) && !word.contains('='));
        let method_at = if local { 3 } else { 4 + usize::from(masked) };
        let Some((method_start, method)) = words.get(method_at).copied() else { continue };
        let before: Vec<&str> = words.iter().take(method_at).map(|(_, word)| *word).collect();
        let value_span = Span::new(method_start, method_start + method.len());
        let name_span = Span::new(start, start + kind.len());
        let step = Step::Item("pg_hba".into(), index);
        let scope = reading.scope(ScopeId::ROOT, ScopeKind::Block, before.join(" "), step, name_span.join(value_span));
        let names = ["type", "database", "user", "address", "mask"];
        if let Some(scope) = reading.scopes.get_mut(scope.0 as usize) {
            scope.fields = names.iter().zip(&before).map(|(name, word)| ((*name).into(), (*word).into())).collect();
        }
        let mut setting = Setting::keyed(scope, "method", Outcome::text(method), name_span, value_span).with_raw(text);
        setting.names.push((Surface::Directive, "pg_hba".into()));
        reading.settings.push(setting);
        // who is refused may come from anywhere
        if let Some((at, address)) = words.get(3).copied().filter(|_| !local && method != "reject") {
            let place = Span::new(at, at + address.len());
            let mut setting = Setting::keyed(scope, "address", Outcome::text(address), name_span, place).with_raw(text);
            setting.names.push((Surface::Directive, "pg_hba_address".into()));
            reading.settings.push(setting);
        }
        index += 1;
    }
}
