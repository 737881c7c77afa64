//! Numbers that are published as samples and belong to nobody.

/// Numbers that payment services publish for tests.
const CARDS: [&str; 17] = [
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "5200828282828210",
    "5105105105105100",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "36227206271667",
    "3566002020360505",
    "6200000000000005",
    "4012888888881881",
    "4000000000000002",
    "30569309025904",
];

/// Numbers in the registry of the standard and in documentations.
const IBANS: [&str; 12] = [
    "GB82WEST12345698765432",
    "GB29NWBK60161331926819",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "ES9121000418450200051332",
    "IT60X0542811101000000123456",
    "BE68539007547034",
    "AT611904300234573201",
    "CH9300762011623852957",
    "IE29AIBK93115212345678",
    "PL61109010140000071219812874",
];

/// Numbers in advertisements and documentations.
const SSNS: [&str; 5] = ["078-05-1120", "219-09-9999", "123-45-6789", "457-55-5462", "111-11-1111"];

pub(super) fn is_sample_card(number: &[u8]) -> bool {
    CARDS.iter().any(|sample| sample.len() == number.len() && sample.bytes().zip(number).all(|(sample, digit)| sample == digit + b'0'))
}

pub(super) fn is_sample_iban(number: &str) -> bool {
    IBANS.contains(&number)
}

pub(super) fn is_sample_ssn(number: &str) -> bool {
    SSNS.contains(&number)
}
