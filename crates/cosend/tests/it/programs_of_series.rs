//! What a new user writes first with generators, and an incremental parser of JSON by
//! recursive descent, written down in one go.

use std::num::ParseIntError;

use cosend::{
    Branch, Input, Output, ReadError, Reader, Sink, coroutine, generator, recursive, try_generator,
};

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Number(f64),
    Operator(char),
    Name(&'a str),
}

fn tokens(text: &str) -> impl Iterator<Item = Result<Token<'_>, String>> {
    try_generator(async move |mut out| {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_in_word: fn(char) -> bool = match first {
                '0'..='9' => |c| c.is_ascii_digit() || c == '.',
                _ if first.is_ascii_alphabetic() => |c| c.is_ascii_alphanumeric(),
                _ => |_| false,
            };
            let length = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length.max(first.len_utf8()));
            rest = after;
            out.yield_(match first {
                ' ' => continue,
                '0'..='9' => Token::Number(word.parse().map_err(|_| format!("bad number {word}"))?),
                _ if length > 0 => Token::Name(word),
                _ => Token::Operator(first),
            })
            .await;
        }
        Ok(())
    })
}

#[test]
fn a_tokenizer_that_borrows_its_text() {
    use Token::{Name, Number, Operator};

    let all: Result<Vec<_>, _> = tokens("x1 = 3.5*(y+2)").collect();
    let expected = [
        Name("x1"),
        Operator('='),
        Number(3.5),
        Operator('*'),
        Operator('('),
        Name("y"),
        Operator('+'),
        Number(2.0),
        Operator(')'),
    ];
    assert_eq!(all.unwrap(), expected);
    let wrong: Vec<_> = tokens("1.2.3 4").collect();
    assert_eq!(wrong, [Err("bad number 1.2.3".to_owned())], "an error ends the series");
}

#[test]
fn a_question_mark_ends_a_series_with_its_error() {
    fn numbers(text: &str) -> impl Iterator<Item = Result<i32, ParseIntError>> {
        try_generator(async move |mut out| {
            for word in text.split(' ') {
                out.yield_(word.parse()?).await;
            }
            Ok(())
        })
    }
    let mut read = numbers("1 2 x 3");
    assert_eq!((read.next(), read.next()), (Some(Ok(1)), Some(Ok(2))));
    assert!(read.next().unwrap().is_err());
    assert_eq!(read.next(), None);
}

struct Node {
    left: Option<Box<Node>>,
    value: u32,
    right: Option<Box<Node>>,
}

impl Node {
    fn iter(&self) -> impl Iterator<Item = &u32> {
        generator(async |mut out| walk(self, &mut out).await)
    }

    /// As most write it first: each node is an iterator of its own.
    fn nested(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        Box::new(generator(async |mut out| {
            if let Some(left) = &self.left {
                out.yield_from(left.nested()).await;
            }
            out.yield_(self.value).await;
            if let Some(right) = &self.right {
                out.yield_from(right.nested()).await;
            }
        }))
    }
}

async fn walk<'t>(node: &'t Node, out: &mut Output<'_, &'t u32>) {
    if let Some(left) = &node.left {
        Box::pin(walk(left, out)).await;
    }
    out.yield_(&node.value).await;
    if let Some(right) = &node.right {
        Box::pin(walk(right, out)).await;
    }
}

/// The same by a [`recursive`] generator, for trees of any depth.
async fn descend<'t>(node: &'t Node, mut out: Branch<'t, u32>) {
    if let Some(left) = &node.left {
        out.delegate(|out| descend(left, out)).await;
    }
    out.yield_(node.value).await;
    if let Some(right) = &node.right {
        out.delegate(|out| descend(right, out)).await;
    }
}

#[test]
fn a_walk_over_a_tree_in_three_ways() {
    let leaf = |value| Some(Box::new(Node { left: None, value, right: None }));
    let tree = Node { left: leaf(1), value: 2, right: leaf(3) };
    assert_eq!(tree.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(tree.nested().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(recursive(|out| descend(&tree, out)).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn a_recursion_a_quarter_of_a_million_deep() {
    async fn down(number: u64, mut out: Branch<'_, u64>) {
        out.yield_(number).await;
        if number > 0 {
            out.delegate(|out| down(number - 1, out)).await;
        }
    }
    let sum: u64 = recursive(|out| down(256_000, out)).sum();
    assert_eq!(sum, 256_000 * 256_001 / 2);
}

#[test]
fn a_generator_that_borrows_its_argument() {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        generator(async |mut out| {
            for word in text.split(' ') {
                out.yield_(word).await;
            }
        })
    }
    assert_eq!(words("a b").collect::<Vec<_>>(), ["a", "b"]);
}

#[derive(Debug, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// What a parser gives, or what it expected.
type Parsed<T> = Result<T, String>;

fn ended(error: ReadError) -> String {
    error.to_string()
}

async fn skip_space(reader: &mut Reader<'_>) -> Parsed<u8> {
    loop {
        match reader.peek().await.ok_or("the input ended too early")? {
            b' ' | b'\n' | b'\r' | b'\t' | b',' => reader.skip(1).await.map_err(ended)?,
            byte => return Ok(byte),
        }
    }
}

async fn literal(text: &str, value: Json, reader: &mut Reader<'_>) -> Parsed<Json> {
    let found = reader.exact(text.len()).await.map_err(ended)?;
    if found == text.as_bytes() { Ok(value) } else { Err(format!("expected {text}")) }
}

async fn string(reader: &mut Reader<'_>) -> Parsed<String> {
    reader.skip(1).await.map_err(ended)?;
    let mut text = Vec::new();
    loop {
        match reader.byte().await.map_err(ended)? {
            b'"' => return String::from_utf8(text).map_err(|error| error.to_string()),
            b'\\' => text.push(reader.byte().await.map_err(ended)?),
            byte => text.push(byte),
        }
    }
}

async fn value(reader: &mut Reader<'_>) -> Parsed<Json> {
    match skip_space(reader).await? {
        b'n' => literal("null", Json::Null, reader).await,
        b't' => literal("true", Json::Bool(true), reader).await,
        b'f' => literal("false", Json::Bool(false), reader).await,
        b'"' => Ok(Json::Text(string(reader).await?)),
        b'[' => {
            reader.skip(1).await.map_err(ended)?;
            let mut items = Vec::new();
            while skip_space(reader).await? != b']' {
                items.push(Box::pin(value(reader)).await?);
            }
            reader.skip(1).await.map_err(ended)?;
            Ok(Json::List(items))
        }
        b'{' => {
            reader.skip(1).await.map_err(ended)?;
            let mut entries = Vec::new();
            while skip_space(reader).await? != b'}' {
                let key = string(reader).await?;
                if skip_space(reader).await? != b':' {
                    return Err("expected :".to_owned());
                }
                reader.skip(1).await.map_err(ended)?;
                entries.push((key, Box::pin(value(reader)).await?));
            }
            reader.skip(1).await.map_err(ended)?;
            Ok(Json::Map(entries))
        }
        _ => {
            let mut digits = String::new();
            while let Some(byte @ (b'+' | b'-' | b'.' | b'e' | b'E' | b'0'..=b'9')) =
                reader.peek().await
            {
                digits.push(char::from(byte));
                reader.skip(1).await.map_err(ended)?;
            }
            digits.parse().map(Json::Number).map_err(|error| format!("{digits:?}: {error}"))
        }
    }
}

fn json() -> impl Sink<[u8], Return = Parsed<Json>> {
    coroutine(async |bytes: Input<[u8]>| value(&mut Reader::new(bytes)).await)
}

#[test]
fn a_parser_of_json_that_is_fed_in_pieces_of_every_size() {
    let text = r#"{"a": [1, 2.5, {"b": null}], "c": "x\"y", "d": true}"#;
    let nested = Json::Map(vec![("b".to_owned(), Json::Null)]);
    let expected = Json::Map(vec![
        ("a".to_owned(), Json::List(vec![Json::Number(1.0), Json::Number(2.5), nested])),
        ("c".to_owned(), Json::Text("x\"y".to_owned())),
        ("d".to_owned(), Json::Bool(true)),
    ]);
    for size in 1..=text.len() {
        assert_eq!(json().run(text.as_bytes().chunks(size)).as_ref(), Ok(&expected));
    }
    assert_eq!(json().run(["[1,".as_bytes()]), Err("the input ended too early".to_owned()));
    assert_eq!(json().run(["nile".as_bytes()]), Err("expected null".to_owned()));
}
