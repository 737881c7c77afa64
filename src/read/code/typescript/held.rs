//! Objects that have a name before a call takes them: `const corsOptions = { origin: "*" }` and `app.use(cors(corsOptions))`.

use std::ops::Range;

use tree_sitter::Node;

use super::Walker;
use super::names::peeled;

/// Objects of one name that are told apart.
const MOST: usize = 16;

/// How often a held object is looked into within another one.
const NESTED: usize = 2;

/// An object with the bytes in which its name means it.
pub(super) type Held<'n> = (Range<usize>, Node<'n>);

impl<'n> Walker<'_, '_, 'n> {
    /// Remembers `const name = { ... }`.
    pub(super) fn hold(&mut self, declarator: Node<'n>) {
        let (Some(name), Some(value)) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value")) else { return };
        let value = peeled(value);
        if name.kind() != "identifier" || value.kind() != "object" {
            return;
        }
        let block =
            std::iter::successors(declarator.parent(), Node::parent).find(|outer| matches!(outer.kind(), "statement_block" | "program"));
        let Some(block) = block else { return };
        let all = self.held.entry(self.code.of(name)).or_default();
        if all.len() < MOST && all.iter().all(|(_, object)| object.id() != value.id()) {
            all.push((block.byte_range(), value));
        }
    }

    /// The object that a name stands for where it is used: that of the innermost block. A name with two of them stands for none.
    pub(super) fn held(&self, name: Node<'n>) -> Option<Node<'n>> {
        if !matches!(name.kind(), "identifier" | "shorthand_property_identifier") || self.within_held >= NESTED {
            return None;
        }
        let at = name.start_byte();
        let all = self.held.get(self.code.of(name))?.iter().filter(|(block, _)| block.contains(&at));
        let (block, object) = all.clone().min_by_key(|(block, _)| block.len())?;
        let alone = all.filter(|(other, _)| other == block).count() == 1;
        (alone && !object.byte_range().contains(&at)).then_some(*object)
    }
}
