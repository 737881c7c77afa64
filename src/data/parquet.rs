//! The names of a Parquet file's columns, from the description at its end. Values are not read; whatever is not well-formed gives nothing.

use super::columns::Column;

/// The longest description.
const LONGEST: usize = 16 << 20;

/// Columns that are looked at.
const MOST: usize = 10_000;

/// Structures inside structures.
const DEPTH: u8 = 16;

/// Whether it is a Parquet file with a description that can be read.
#[must_use]
pub fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")
}

/// The names of all columns that hold values; none where the description cannot be understood.
#[must_use]
pub fn columns(bytes: &[u8]) -> Option<Vec<Column>> {
    let body = bytes.strip_suffix(b"PAR1")?;
    let (body, length) = body.split_at_checked(body.len().checked_sub(4)?)?;
    let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok().filter(|length| *length <= LONGEST)?;
    let mut footer = Compact { bytes: body.get(body.len().checked_sub(length)?..)?, at: 0 };
    // the second field of the description is the list of the schema's elements
    let mut field = 0;
    loop {
        let kind = footer.field(&mut field)?;
        if (field, kind) == (2, LIST) {
            break;
        }
        footer.skip(kind, DEPTH)?;
    }
    let (count, kind) = footer.list()?;
    if kind != STRUCT || count > MOST {
        return None;
    }
    let mut names = Vec::new();
    for _ in 0..count {
        footer.element(&mut names)?;
    }
    Some(names)
}

/// Kinds of values in the compact protocol of Thrift.
const STOP: u8 = 0;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Compact<'a> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// The kind of the next field, and its number in `field`.
    fn field(&mut self, field: &mut i64) -> Option<u8> {
        let head = self.byte()?;
        if head == STOP {
            return Some(STOP);
        }
        *field = match i64::from(head >> 4) {
            0 => {
                let folded = self.number()?;
                i64::try_from(folded >> 1).ok()?
            }
            step => field.checked_add(step)?,
        };
        Some(head & 0x0f)
    }

    fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => usize::try_from(self.number()?).ok()?,
            short => usize::from(short),
        };
        Some((count, head & 0x0f))
    }

    /// Takes the name of one element of the schema; groups hold no values.
    fn element(&mut self, names: &mut Vec<Column>) -> Option<()> {
        let (mut field, mut name, mut group) = (0, None, false);
        loop {
            match (self.field(&mut field)?, field) {
                (STOP, _) => {
                    names.extend(name.filter(|_| !group).map(|name| Column { name, column: 1 }));
                    return Some(());
                }
                (BINARY, 4) => {
                    let length = usize::try_from(self.number()?).ok()?;
                    name = Some(String::from_utf8_lossy(self.take(length)?).into_owned());
                }
                (_, 5) => group = self.number()? > 0,
                (kind, _) => self.skip(kind, DEPTH)?,
            }
        }
    }

    /// Goes past a value.
    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => {}
            3 => {
                self.byte()?;
            }
            4..=6 => {
                self.number()?;
            }
            7 => {
                self.take(8)?;
            }
            BINARY => {
                let length = usize::try_from(self.number()?).ok()?;
                self.take(length)?;
            }
            LIST | 10 => {
                let (count, kind) = self.list()?;
                for _ in 0..count {
                    // booleans of lists take a byte each
                    self.skip(if matches!(kind, 1 | 2) { 3 } else { kind }, depth)?;
                }
            }
            STRUCT => {
                let mut field = 0;
                loop {
                    let kind = self.field(&mut field)?;
                    if kind == STOP {
                        break;
                    }
                    self.skip(kind, depth)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file with these columns and no rows: the description as other programs write it.
    pub fn file(names: &[&str]) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19];
        footer.push(u8::try_from((names.len() + 1) << 4).unwrap() | STRUCT);
        footer.extend([0x48, 6]);
        footer.extend(b"schema");
        footer.extend([0x15, u8::try_from(names.len() * 2).unwrap(), STOP]);
        for name in names {
            footer.extend([0x15, 12, 0x25, 2, 0x18, u8::try_from(name.len()).unwrap()]);
            footer.extend(name.as_bytes());
            footer.push(STOP);
        }
        footer.extend([0x16, 0, 0x19, 0x0c, STOP]);
        let length = u32::try_from(footer.len()).unwrap();
        [b"PAR1", footer.as_slice(), &length.to_le_bytes(), b"PAR1"].concat()
    }

    fn names(bytes: &[u8]) -> Option<Vec<String>> {
        columns(bytes).map(|columns| columns.into_iter().map(|column| column.name).collect())
    }

    #[test]
    fn names_of_columns_stand_at_the_end() {
        assert_eq!(names(&file(&["id", "user_email"])).unwrap(), ["id", "user_email"]);
    }

    #[test]
    fn whatever_is_cut_or_turned_gives_nothing_and_no_panic() {
        let whole = file(&["id", "email"]);
        for at in 0..whole.len() {
            let _ = columns(&whole[..at]);
            for bit in 0..8 {
                let mut turned = whole.clone();
                turned[at] ^= 1 << bit;
                let _ = columns(&turned);
            }
        }
        assert_eq!(names(b"PAR1\xff\xff\xff\xffPAR1"), None);
    }
}
