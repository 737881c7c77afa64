//! The blocks of a Markdown document with their plain text and its places, by a `CommonMark` parser.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::span::Span;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading and its level, 0 over all; a paragraph that is one bold line counts as level 7.
    Heading(u8),
    /// A paragraph, or a line of one that was broken by hand.
    Paragraph,
    /// The text of a list's item.
    Item,
    /// A cell of a table, with its row (the head is 0) and its column.
    Cell(usize, usize),
    /// Code and markup: something stands there, whatever it says.
    Other,
}

/// A stretch of text as it stands in the file.
#[derive(Clone, Debug)]
pub struct Piece {
    /// What a reader sees.
    pub text: String,
    /// Its bytes.
    pub span: Span,
    /// Bold.
    strong: bool,
    /// Between ticks.
    pub code: bool,
}

/// A block.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text; empty for [`BlockKind::Other`].
    pub pieces: Vec<Piece>,
    /// Its bytes.
    pub span: Span,
}

impl Block {
    /// What stands over a whole page: no heading in it ends it.
    #[must_use]
    pub fn heading(text: &str, span: Span) -> Self {
        Self { kind: BlockKind::Heading(0), pieces: vec![Piece { text: text.to_owned(), span, strong: false, code: false }], span }
    }

    /// What a reader sees, in one line.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

/// The addresses of images, and of links to other documents.
#[derive(Debug, Default)]
pub struct Addresses {
    /// What is loaded when somebody looks at the document.
    pub images: Vec<(String, Span)>,
    /// What can be followed.
    pub links: Vec<(String, Span)>,
}

/// All blocks of the text from `from` on, in order, and the addresses in it.
#[must_use]
pub fn blocks(text: &str, from: usize) -> (Vec<Block>, Addresses) {
    let body = text.get(from..).unwrap_or("");
    // a byte order mark is no text
    let (from, body) = body.strip_prefix('\u{feff}').map_or((from, body), |rest| (from + body.len() - rest.len(), rest));
    let mut walk = Walk { offset: from, ..Walk::default() };
    for (event, range) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        walk.event(event, &range);
    }
    walk.close();
    (walk.blocks, walk.addresses)
}

#[derive(Default)]
struct Walk {
    offset: usize,
    blocks: Vec<Block>,
    addresses: Addresses,
    open: Option<Block>,
    strong: usize,
    items: usize,
    /// Inside code, an image's description, or front matter: its text is not prose.
    mute: usize,
    row: usize,
    column: usize,
}

impl Walk {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.offset + range.start, self.offset + range.end)
    }

    fn event(&mut self, event: Event, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) => self.piece(&text, range, true),
            Event::SoftBreak => self.text(" ", range),
            Event::HardBreak => self.break_line(range),
            Event::Html(html) => {
                self.markup(&html, range);
                self.other(&html, range);
            }
            Event::InlineHtml(html) => {
                self.markup(&html, range);
                if html.trim_start_matches(['<', '/']).to_ascii_lowercase().starts_with("br") {
                    self.break_line(range);
                }
            }
            Event::Rule => self.close(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag, range: &Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.open(BlockKind::Heading(level as u8), range),
            Tag::Paragraph => self.open(if self.items > 0 { BlockKind::Item } else { BlockKind::Paragraph }, range),
            Tag::Item => {
                self.items += 1;
                self.open(BlockKind::Item, range);
            }
            Tag::TableHead | Tag::TableRow => {
                self.column = 0;
                self.close();
            }
            Tag::Table(_) => self.row = 0,
            Tag::TableCell => self.open(BlockKind::Cell(self.row, self.column), range),
            Tag::Strong => self.strong += 1,
            Tag::CodeBlock(_) => {
                self.close();
                self.mute += 1;
                let span = self.span(range);
                self.blocks.push(Block { kind: BlockKind::Other, pieces: Vec::new(), span });
            }
            Tag::Image { dest_url, .. } => {
                self.mute += 1;
                let span = self.span(range);
                self.addresses.images.push((dest_url.to_string(), span));
            }
            Tag::Link { dest_url, .. } => {
                let span = self.span(range);
                self.addresses.links.push((dest_url.to_string(), span));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph => self.close(),
            TagEnd::Item => {
                self.items = self.items.saturating_sub(1);
                self.close();
            }
            TagEnd::TableCell => {
                self.close();
                self.column += 1;
            }
            TagEnd::TableHead | TagEnd::TableRow => self.row += 1,
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::CodeBlock | TagEnd::Image => self.mute = self.mute.saturating_sub(1),
            _ => {}
        }
    }

    fn open(&mut self, kind: BlockKind, range: &Range<usize>) {
        self.close();
        self.open = Some(Block { kind, pieces: Vec::new(), span: self.span(range) });
    }

    fn close(&mut self) {
        let Some(mut block) = self.open.take().filter(|block| block.pieces.iter().any(|piece| !piece.text.trim().is_empty())) else {
            return;
        };
        let bold = |piece: &Piece| piece.strong || piece.text.trim().trim_matches(':').is_empty();
        if block.kind == BlockKind::Paragraph && block.pieces.iter().all(bold) && block.text().split_whitespace().count() <= 10 {
            block.kind = BlockKind::Heading(7);
        }
        self.blocks.push(block);
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        self.piece(text, range, false);
    }

    fn piece(&mut self, text: &str, range: &Range<usize>, code: bool) {
        if self.mute > 0 {
            return;
        }
        let piece = Piece { text: text.to_owned(), span: self.span(range), strong: self.strong > 0, code };
        match &mut self.open {
            Some(block) => block.pieces.push(piece),
            // text of a tight list behind its inner list
            None => self.open = Some(Block { kind: BlockKind::Item, span: piece.span, pieces: vec![piece] }),
        }
    }

    /// A line broken by hand begins a text of its own, of the same kind.
    fn break_line(&mut self, range: &Range<usize>) {
        if let Some(block) = &self.open {
            let (kind, at) = (block.kind, range.end..range.end);
            if !matches!(kind, BlockKind::Heading(_) | BlockKind::Cell(..)) {
                self.open(kind, &at);
                return;
            }
        }
        self.text(" ", range);
    }

    /// Images that are written as markup.
    fn markup(&mut self, html: &str, range: &Range<usize>) {
        for (at, _) in html.match_indices("<img") {
            let tag = html.get(at..).unwrap_or("");
            let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
            let Some((_, rest)) = tag.split_once("src=") else { continue };
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let address = match quote {
                Some(quote) => rest.trim_start_matches(quote).split(quote).next(),
                None => rest.split_whitespace().next(),
            };
            let span = self.span(&(range.start + at..range.start + at + tag.len()));
            self.addresses.images.extend(address.map(|address| (address.to_owned(), span)));
        }
    }

    fn other(&mut self, html: &str, range: &Range<usize>) {
        if !html.trim_start().starts_with("<!--") && !html.trim().is_empty() {
            let span = self.span(range);
            self.blocks.push(Block { kind: BlockKind::Other, pieces: Vec::new(), span });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BlockKind::{Cell, Heading, Item, Other, Paragraph};
    use super::*;

    #[test]
    fn every_kind_of_block_has_its_text_and_place() {
        let text = "Title\n=====\n\nOne *two*\nthree `four`.\n\n**Privacy:**\n\n- a\n- b\n  - c\n\n| F | R |\n|---|---|\n| q | **r** |\n\n<img src='https://x.org/p.png'/>\n\n[l](PRIVACY.md)\n";
        let (found, addresses) = blocks(text, 0);
        let shown: Vec<_> = found.iter().map(|block| (block.kind, block.text())).collect();
        let expected = [
            (Heading(1), "Title"),
            (Paragraph, "One two three four."),
            (Heading(7), "Privacy:"),
            (Item, "a"),
            (Item, "b"),
            (Item, "c"),
            (Cell(0, 0), "F"),
            (Cell(0, 1), "R"),
            (Cell(1, 0), "q"),
            (Cell(1, 1), "r"),
            (Other, ""),
            (Paragraph, "l"),
        ];
        assert_eq!(shown, expected.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(addresses.images[0].0, "https://x.org/p.png");
        assert_eq!(addresses.links[0].0, "PRIVACY.md");
        for piece in found.iter().flat_map(|block| &block.pieces).filter(|piece| piece.text == "four") {
            assert_eq!(piece.span.of(text), "`four`");
        }
    }
}
