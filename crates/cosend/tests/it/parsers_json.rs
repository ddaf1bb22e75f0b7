//! The parser of JSON in the examples against `serde_json`, on generated documents that are
//! cut at every byte.

use cosend::Sink;
use serde_json::{Map, Value};

#[path = "../../examples/parsers/json.rs"]
mod json;

use json::{Json, JsonError, json};

use crate::support::{Random, thorough};

/// What the parser gives for a text that is cut in two.
fn parse(text: &[u8], cut: usize) -> Result<Json, JsonError> {
    json().run([&text[..cut], &text[cut..]])
}

/// A value as `serde_json` has it.
fn converted(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => serde_json::from_str(&number).unwrap(),
        Json::Text(text) => Value::String(text),
        Json::Array(values) => values.into_iter().map(converted).collect(),
        Json::Object(members) => {
            members.into_iter().map(|(name, value)| (name, converted(value))).collect()
        }
    }
}

fn text(random: &mut Random) -> String {
    const LETTERS: &[char] =
        &['a', 'Z', '0', ' ', '"', '\\', '/', '\n', '\u{1}', 'é', '愛', '\u{1f600}', '\u{7f}'];
    (0..random.below(6)).map(|_| LETTERS[random.below(LETTERS.len())]).collect()
}

fn document(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 => Value::from(random.below(100_000)),
        3 => Value::from(-(i64::try_from(random.below(1000)).unwrap())),
        4 => {
            serde_json::from_str(&format!("{}.5e-{}", random.below(100), random.below(9))).unwrap()
        }
        5 => Value::String(text(random)),
        6 => (0..random.below(4)).map(|_| document(random, depth - 1)).collect(),
        _ => {
            let members = (0..random.below(4)).map(|_| (text(random), document(random, depth - 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

#[test]
fn documents_cut_at_every_byte_are_those_of_serde_json() {
    let mut random = Random::seeded();
    for number in 0..if thorough() { 1000 } else { 100 } {
        let value = document(&mut random, 3);
        let text = if number % 2 == 0 {
            serde_json::to_string(&value)
        } else {
            serde_json::to_string_pretty(&value)
        };
        let text = text.unwrap().into_bytes();
        let whole = parse(&text, 0).unwrap();
        for cut in 1..=text.len() {
            assert_eq!(parse(&text, cut).as_ref(), Ok(&whole), "{random}, cut at {cut}");
        }
        assert_eq!(converted(whole), value, "{random}");
    }
}

#[test]
fn what_serde_json_refuses_is_refused() {
    const BYTES: &[u8] = b"{}[]\",:\\0123456789-+.eEtrufalsn \n\xc3\xa9";
    let mut random = Random::seeded();
    let mut refused = 0;
    for _ in 0..if thorough() { 20_000 } else { 2000 } {
        let mut text = document(&mut random, 3).to_string().into_bytes();
        // One byte is another, or missing, or there is one more.
        let at = random.below(text.len());
        let byte = BYTES[random.below(BYTES.len())];
        match random.below(3) {
            0 => text[at] = byte,
            1 => drop(text.remove(at)),
            _ => text.insert(at, byte),
        }
        let theirs: Result<Value, _> = serde_json::from_slice(&text);
        let ours = parse(&text, at);
        let shown = String::from_utf8_lossy(&text);
        match (theirs, ours) {
            // A number beyond all floats is one here: it is kept as it is written.
            (Err(error), Ok(_)) if error.to_string().starts_with("number out of range") => {}
            (Err(_), Err(_)) => refused += 1,
            (Ok(theirs), Ok(ours)) => assert_eq!(converted(ours), theirs, "{random}: {shown}"),
            (theirs, ours) => panic!("{random}: {shown}: {theirs:?}, and here {ours:?}"),
        }
    }
    assert!(refused > 200, "{refused}");
}

#[test]
fn it_says_what_is_wrong() {
    let refused = |text: &str| parse(text.as_bytes(), 0).unwrap_err();
    assert_eq!(refused("[1,]"), JsonError::Unexpected(b']'));
    assert_eq!(refused("1 2"), JsonError::Unexpected(b'2'));
    assert_eq!(refused(r#""\x""#), JsonError::Escape);
    assert_eq!(refused(r#""\ud800""#), JsonError::Escape);
    assert_eq!(refused(&"[".repeat(200)), JsonError::TooDeep);
    assert_eq!(refused("[1"), JsonError::Read(cosend::ReadError::Ended));
    assert_eq!(parse(b"\"\xff\"", 0), Err(JsonError::Utf8));
}

#[test]
fn an_error_is_known_at_once() {
    let mut parser = json();
    parser.send(b"[1, x").unwrap();
    assert!(parser.is_stopped(), "nobody has to read the rest");
    assert_eq!(parser.close(), Err(JsonError::Unexpected(b'x')));
}
