//! Reads a JSON text from standard input, as it comes, and says what it is.
//!
//! ```text
//! echo '{"a": [1, 2.5, null]}' | cargo run -p cosend --example json
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it does")]

extern crate alloc;

use std::io::{self, Read as _};
use std::process::ExitCode;

use cosend::Sink;

#[path = "parsers/json.rs"]
mod parser;
use parser::Json;

fn main() -> io::Result<ExitCode> {
    let mut parser = parser::json();
    let mut buffer = [0; 4096];
    let mut input = io::stdin().lock();
    while !parser.is_stopped() {
        match input.read(&mut buffer)? {
            0 => break,
            // That it has stopped, since the text is wrong, is seen above.
            length => drop(parser.send(&buffer[..length])),
        }
    }
    match parser.close() {
        Ok(value) => {
            println!("{}", shape(&value));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("no JSON: {error:?}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What a value is, without its texts and numbers.
fn shape(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.clone(),
        Json::Text(text) => format!("a text of {} bytes", text.len()),
        Json::Array(values) => {
            format!("[{}]", values.iter().map(shape).collect::<Vec<_>>().join(", "))
        }
        Json::Object(members) => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("{name}: {}", shape(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}
