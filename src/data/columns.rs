//! Names of columns that say that a table holds something about persons: of CSV and TSV by the first line, of JSON lines by the
//! first record's keys, of Parquet by its schema.

use std::collections::BTreeSet;

/// Columns of one table that are looked at.
const MOST: usize = 10_000;

/// The longest first line.
const LONGEST: usize = 1 << 20;

/// Names without signs and case. `name`, `id` and `user` say too little.
const PERSONAL: &[&str] = &[
    "address",
    "bankaccount",
    "birthdate",
    "birthday",
    "cardnumber",
    "cellphone",
    "creditcard",
    "creditcardnumber",
    "dateofbirth",
    "dob",
    "driverlicense",
    "driverslicense",
    "email",
    "emailaddress",
    "emails",
    "familyname",
    "firstname",
    "fullname",
    "givenname",
    "homeaddress",
    "iban",
    "ip",
    "ipaddr",
    "ipaddress",
    "lastname",
    "maidenname",
    "mobilenumber",
    "mobilephone",
    "nationalid",
    "passport",
    "passportnumber",
    "phone",
    "phonenumber",
    "phonenumbers",
    "postaladdress",
    "socialsecuritynumber",
    "ssn",
    "streetaddress",
    "surname",
    "taxid",
    "telephone",
    "useremail",
    "userip",
];

/// Whether a column's name says that it is about persons; `user.emailAddress` counts by its last step.
#[must_use]
pub fn is_personal(name: &str) -> bool {
    let last = name.trim().rsplit(['.', '/']).next().unwrap_or("");
    let plain: String = last.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    PERSONAL.binary_search(&plain.as_str()).is_ok()
}

/// A column, and where its name stands in the first line; no place in a binary table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As it is written.
    pub name: String,
    /// Its first character in the line, from 1.
    pub column: u32,
}

/// The columns about persons that the head has and the base had not.
#[must_use]
pub fn new_personal(base: &[Column], head: Vec<Column>) -> Vec<Column> {
    let before: BTreeSet<&str> = base.iter().map(|column| column.name.as_str()).collect();
    head.into_iter().filter(|column| is_personal(&column.name) && !before.contains(column.name.as_str())).collect()
}

/// The columns of a text: none where its name does not say that it is a table.
#[must_use]
pub fn of_text(path: &str, bytes: &[u8]) -> Vec<Column> {
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let Some(line) = bytes.get(..end).filter(|line| line.len() <= LONGEST) else { return Vec::new() };
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches('\r');
    match path.to_ascii_lowercase().rsplit('.').next().unwrap_or("") {
        "csv" => {
            let by = if line.matches(';').count() > line.matches(',').count() { ';' } else { ',' };
            fields(line, by)
        }
        "tsv" | "tab" => fields(line, '\t'),
        "jsonl" | "ndjson" => keys(line),
        _ => Vec::new(),
    }
}

fn fields(line: &str, by: char) -> Vec<Column> {
    let mut found = Vec::new();
    let mut column = 1;
    for field in line.split(by).take(MOST) {
        let name = field.trim().trim_start_matches('\u{feff}').trim_matches(['"', '\'']).trim();
        found.push(Column { name: name.to_owned(), column });
        column += u32::try_from(field.chars().count()).unwrap_or(0) + 1;
    }
    found
}

fn keys(line: &str) -> Vec<Column> {
    let Ok(serde_json::Value::Object(record)) = serde_json::from_str(line) else { return Vec::new() };
    let place = |name: &str| {
        let at = line.find(&format!("\"{name}\"")).map_or(0, |at| line.get(..at).unwrap_or("").chars().count());
        u32::try_from(at).unwrap_or(0) + 1
    };
    record.keys().take(MOST).map(|name| Column { name: name.clone(), column: place(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(path: &str, base: &str, head: &str) -> Vec<(String, u32)> {
        let columns = |text: &str| of_text(path, text.as_bytes());
        new_personal(&columns(base), columns(head)).into_iter().map(|column| (column.name, column.column)).collect()
    }

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(PERSONAL.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_column_about_persons_is_told_once() {
        assert_eq!(new("a.csv", "", "id,E-Mail,text\n1,x,y\n"), [("E-Mail".to_owned(), 4)]);
        assert_eq!(new("a.csv", "id;email\n", "id;email;date_of_birth\r\n"), [("date_of_birth".to_owned(), 10)]);
        assert_eq!(new("a.tsv", "", "\"Phone Number\"\ttext\n"), [("Phone Number".to_owned(), 1)]);
        assert_eq!(new("a.jsonl", "", "{\"text\": \"a\", \"user_ip\": \"b\"}\n{\"ssn\": 1}\n"), [("user_ip".to_owned(), 15)]);
    }

    #[test]
    fn what_says_too_little_is_quiet() {
        assert!(new("a.csv", "", "id,name,label,email_count,address_family\n").is_empty());
        assert!(new("a.txt", "", "email,phone\n").is_empty());
        assert!(new("a.jsonl", "", "email\n").is_empty());
    }
}
