//! The reader of parsers that are fed: what it gives depends on the bytes alone, and not
//! on where they are cut.

use cosend::{Input, ReadError, Reader, Sink, coroutine};
use proptest::prelude::*;

/// One call of the reader.
#[derive(Clone, Debug)]
enum Call {
    Peek,
    Byte,
    Exact(usize),
    Until(u8),
    Line,
    Skip(usize),
    IsAtEnd,
}

/// What a call gave: the bytes, or nothing.
type Given = Result<Vec<u8>, ReadError>;

async fn call(reader: &mut Reader<'_>, call: &Call) -> Given {
    match *call {
        Call::Peek => Ok(reader.peek().await.into_iter().collect()),
        Call::Byte => reader.byte().await.map(|byte| vec![byte]),
        Call::Exact(length) => reader.exact(length).await.map(<[u8]>::to_vec),
        Call::Until(end) => reader.until(end).await.map(<[u8]>::to_vec),
        Call::Line => reader.line().await.map(<[u8]>::to_vec),
        Call::Skip(length) => reader.skip(length).await.map(|()| Vec::new()),
        Call::IsAtEnd => Ok(vec![u8::from(reader.is_at_end().await)]),
    }
}

/// What the calls give on these bytes, by a plain model.
fn model(text: &[u8], limit: usize, calls: &[Call]) -> (Vec<Given>, Vec<u8>) {
    let mut rest = text;
    let mut given = Vec::new();
    for call in calls {
        let until = |rest: &mut &[u8], end: u8| match rest.iter().position(|&byte| byte == end) {
            Some(at) if at <= limit => {
                let piece = rest[..at].to_vec();
                *rest = &rest[at + 1..];
                Ok(piece)
            }
            None if rest.len() <= limit => Err(ReadError::Ended),
            _ => Err(ReadError::TooLong),
        };
        given.push(match *call {
            Call::Peek => Ok(rest.first().copied().into_iter().collect()),
            Call::Byte => match rest.split_first() {
                None => Err(ReadError::Ended),
                Some((&byte, left)) => {
                    rest = left;
                    Ok(vec![byte])
                }
            },
            Call::Exact(length) if length > limit => Err(ReadError::TooLong),
            Call::Exact(length) if length > rest.len() => Err(ReadError::Ended),
            Call::Exact(length) => {
                let piece = rest[..length].to_vec();
                rest = &rest[length..];
                Ok(piece)
            }
            Call::Until(end) => until(&mut rest, end),
            Call::Line => until(&mut rest, b'\n').map(|mut line| {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                line
            }),
            Call::Skip(length) if length > rest.len() => {
                rest = &[];
                Err(ReadError::Ended)
            }
            Call::Skip(length) => {
                rest = &rest[length..];
                Ok(Vec::new())
            }
            Call::IsAtEnd => Ok(vec![u8::from(rest.is_empty())]),
        });
    }
    (given, rest.to_vec())
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        Just(Call::Peek),
        Just(Call::Byte),
        (0_usize..8).prop_map(Call::Exact),
        prop_oneof![Just(b'a'), Just(b'\n'), Just(b'z')].prop_map(Call::Until),
        Just(Call::Line),
        (0_usize..8).prop_map(Call::Skip),
        Just(Call::IsAtEnd),
    ];
    prop::collection::vec(call, 0..12)
}

proptest! {
    #![proptest_config(cogrep_testing::cases(2000))]

    #[test]
    fn it_gives_what_a_plain_model_gives(
        text in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), Just(b'\r'), Just(b'\n')], 0..40),
        piece in 1_usize..41,
        limit in prop_oneof![Just(usize::MAX), 0_usize..6],
        calls in calls(),
    ) {
        let asked = calls.clone();
        let body = coroutine(async move |bytes: Input<[u8]>| {
            let mut reader = Reader::with_limit(bytes, limit);
            let mut given = Vec::new();
            for asked in &asked {
                given.push(call(&mut reader, asked).await);
            }
            let mut rest = reader.rest().to_vec();
            let mut bytes = reader.into_input();
            while let Some(chunk) = bytes.next().await {
                rest.extend_from_slice(chunk);
            }
            (given, rest)
        });
        prop_assert_eq!(body.run(text.chunks(piece)), model(&text, limit, &calls));
    }
}

#[test]
fn a_buffer_is_no_longer_than_what_was_asked_for_and_sent_last() {
    let mut longest = 0;
    let body = coroutine(async |bytes: Input<[u8]>| {
        let mut reader = Reader::new(bytes);
        while reader.exact(10).await.is_ok() {
            let shown = format!("{reader:?}");
            let buffered = shown.split(&[' ', ',']).nth(3).unwrap().parse::<usize>().unwrap();
            longest = longest.max(buffered);
        }
    });
    body.run((0..10_000).map(|_| [0_u8; 7]));
    assert!(longest < 20, "{longest}");
}

#[test]
fn a_long_line_byte_by_byte_is_searched_once() {
    // Searched from its beginning each time, it would take a minute.
    let line =
        coroutine(async |bytes: Input<[u8]>| Reader::new(bytes).line().await.map(<[u8]>::len));
    let bytes = vec![b'a'; 1 << 20];
    assert_eq!(line.run(bytes.chunks(1).chain([b"\n".as_slice()])), Ok(1 << 20));
}

#[test]
fn its_errors_say_what_is_wrong_with_the_input() {
    let line = |limit, text: &'static str| {
        coroutine(async move |bytes: Input<[u8]>| {
            Reader::with_limit(bytes, limit).line().await.map(<[u8]>::to_vec)
        })
        .run([text.as_bytes()])
        .unwrap_err()
        .to_string()
    };
    assert_eq!(line(9, "no end"), "the input ended too early");
    assert_eq!(line(3, "too long"), "the input has a piece that is longer than the limit");
}
