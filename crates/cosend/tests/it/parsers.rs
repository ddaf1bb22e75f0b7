//! The parsers of the examples: requests of HTTP against httparse, answers of Redis by the
//! letter, and each of them cut at every byte.

use std::io::{Read as _, Write as _};

use cosend::{ReadError, Sink, collect};

#[path = "../../examples/parsers/http.rs"]
mod http;
#[path = "../../examples/parsers/resp.rs"]
pub(crate) mod resp;

use http::{HttpError, Request};
use resp::{Reply, RespError};

/// What a parser gives for a text that comes in pieces.
fn feed<R>(parser: impl Sink<[u8], Return = R>, pieces: &[&[u8]]) -> R {
    parser.run(pieces.iter().copied())
}

/// What a parser gives for a text, which is the same however that is cut in two, and if
/// each byte comes alone.
fn parse<R, S>(parser: impl Fn() -> S, text: &[u8]) -> R
where
    R: PartialEq + std::fmt::Debug,
    S: Sink<[u8], Return = R>,
{
    let whole = feed(parser(), &[text]);
    for cut in 0..=text.len() {
        assert_eq!(feed(parser(), &[&text[..cut], &text[cut..]]), whole, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = text.chunks(1).collect();
    assert_eq!(feed(parser(), &bytes), whole, "byte by byte");
    whole
}

fn request(text: &[u8]) -> Result<Request, HttpError> {
    parse(http::request, text)
}

/// The heads of requests, good ones and bad ones.
const HEADS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    b"GET /thing?data=a HTTP/1.1\r\nHost: foo.com\r\nCookie: \r\n\r\n",
    b"\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n",
    b"\nGET / HTTP/1.1\nA: b\n\n",
    b"M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\n\r\n",
    b"GET / HTTP/1.1\r\nA:b\r\nC:   d  \r\nE:\tf\t\r\n\r\n",
    b"GET / HTTP/1.1\r\nName: caf\xe9\r\n\r\n",
    b"GET /caf\xc3\xa9 HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n",
    b"G(T / HTTP/1.1\r\n\r\n",
    b"GET\t/ HTTP/1.1\r\n\r\n",
    b"GET  / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/2.0\r\n\r\n",
    b"GET / HTTP/1.2\r\n\r\n",
    b"GET / HTTP/1.1 \r\n\r\n",
    b"GET / http/1.1\r\n\r\n",
    b"GET /\x01 HTTP/1.1\r\n\r\n",
    b"GET /\x7f HTTP/1.1\r\n\r\n",
    b" / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
    b"GET / HTTP/1.1\r\n: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nA\r\n\r\n",
    b"GET / HTTP/1.1\r\n A: folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\x00\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: b\r\n",
    b"GET / HTTP/1.1\r\n",
    b"GET / HT",
    b"GET",
    b"",
];

#[test]
fn heads_are_read_as_httparse_reads_them() {
    for &text in HEADS {
        let ours = request(text);
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut theirs = httparse::Request::new(&mut headers);
        let shown = String::from_utf8_lossy(text);
        match (theirs.parse(text), ours) {
            (Ok(httparse::Status::Complete(_)), Ok(ours)) => {
                assert_eq!(Some(&*ours.method), theirs.method, "{shown}");
                assert_eq!(Some(&*ours.target), theirs.path, "{shown}");
                assert_eq!(Some(ours.minor), theirs.version, "{shown}");
                let named = ours.headers.iter().map(|(name, value)| (&**name, &**value));
                let expected = theirs.headers.iter().map(|header| (header.name, header.value));
                assert!(named.eq(expected), "{shown}: {:?}", theirs.headers);
            }
            (Ok(httparse::Status::Partial), Err(HttpError::Read(ReadError::Ended))) => {}
            (Err(_), Err(error)) => assert!(!matches!(error, HttpError::Read(_)), "{shown}"),
            (theirs, ours) => panic!("{shown:?}: {theirs:?}, and here {ours:?}"),
        }
    }
}

#[test]
fn bodies_are_read_by_length_and_by_chunks() {
    let by_length = request(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nto be or").unwrap();
    assert_eq!(by_length.body, b"to be");
    let chunked = request(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
          4\r\nWiki\r\n6;name=value\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nSum: 12\r\n\r\n",
    )
    .unwrap();
    assert_eq!(chunked.body, b"Wikipedia in \r\n\r\nchunks.");
    assert_eq!(chunked.trailers, [("Sum".to_owned(), b"12".to_vec())]);
}

#[test]
fn bodies_that_are_wrong_are_refused() {
    let chunked = |body: &str| {
        let text = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        request(text.as_bytes()).map(|_| ())
    };
    for body in ["zz\r\n", "\r\n", "-1\r\nx", "+1\r\nx", "1\r\nab\r\n", "fffffffffffffffff\r\n"] {
        assert_eq!(chunked(body), Err(HttpError::Chunk), "{body:?}");
    }
    assert_eq!(chunked("4\r\nWi"), Err(HttpError::Read(ReadError::Ended)));
    assert_eq!(chunked("ffffff\r\n"), Err(HttpError::Read(ReadError::TooLong)));
    let lengths =
        |lengths: &str| request(format!("POST / HTTP/1.1\r\n{lengths}\r\n").as_bytes()).map(|_| ());
    assert_eq!(lengths("Content-Length: 1x\r\n"), Err(HttpError::Length));
    assert_eq!(lengths("Content-Length: +1\r\n"), Err(HttpError::Length));
    assert_eq!(lengths("Content-Length: 0\r\nContent-Length: 1\r\n"), Err(HttpError::Length));
    assert_eq!(lengths("Content-Length: 0\r\nContent-Length: 0\r\n"), Ok(()));
    let endless = vec![b'a'; 1 << 17];
    assert_eq!(feed(http::request(), &[&endless]), Err(HttpError::Read(ReadError::TooLong)));
}

#[test]
fn a_request_is_parsed_from_a_socket_of_tokio() {
    use tokio::io::AsyncReadExt as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = std::thread::spawn(move || {
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        for piece in ["POST /to HTTP/1.1\r\nContent-Le", "ngth: 5\r\n\r\nto", " be"] {
            socket.write_all(piece.as_bytes()).unwrap();
        }
        // It stays open: the parser knows by itself that it has enough.
        let _ = socket.read(&mut [0]);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_io().build().unwrap();
    let serve = async move {
        listener.set_nonblocking(true).unwrap();
        let (mut socket, _) =
            tokio::net::TcpListener::from_std(listener).unwrap().accept().await.unwrap();
        let mut parser = http::request();
        let mut buffer = [0; 7];
        while !parser.is_stopped() {
            let length = socket.read(&mut buffer).await.unwrap();
            let _ = parser.send(&buffer[..length]);
        }
        parser.close()
    };
    // It goes to another thread with the task: the parser in it is `Send`.
    let request = runtime.block_on(async { tokio::spawn(serve).await.unwrap() }).unwrap();
    assert_eq!((&*request.target, &*request.body), ("/to", b"to be".as_slice()));
    client.join().unwrap();
}

fn replies(text: &[u8]) -> Result<Vec<Reply>, RespError> {
    parse(|| resp::replies(collect::<Reply, Vec<_>>()), text)
}

#[test]
fn answers_of_both_versions_are_read() {
    let bulk = |text: &str| Reply::Bulk(text.as_bytes().to_vec());
    let text = b"+OK\r\n-ERR no\r\n:-42\r\n$5\r\nto\r\nb\r\n$-1\r\n*-1\r\n_\r\n#t\r\n,2.5\r\n";
    let expected = [
        Reply::Simple("OK".to_owned()),
        Reply::Error("ERR no".to_owned()),
        Reply::Integer(-42),
        bulk("to\r\nb"),
        Reply::Null,
        Reply::Null,
        Reply::Null,
        Reply::Bool(true),
        Reply::Double(2.5),
    ];
    assert_eq!(replies(text).unwrap(), expected);
    let nested = b"*2\r\n*1\r\n:1\r\n%1\r\n$1\r\na\r\n~0\r\n";
    let expected = Reply::Array(vec![
        Reply::Array(vec![Reply::Integer(1)]),
        Reply::Map(vec![(bulk("a"), Reply::Array(vec![]))]),
    ]);
    assert_eq!(replies(nested).unwrap(), [expected]);
}

#[test]
fn answers_that_are_wrong_are_refused() {
    assert_eq!(replies(b"?\r\n"), Err(RespError::Kind(b'?')));
    assert_eq!(replies(b":x\r\n"), Err(RespError::Number));
    assert_eq!(replies(b"$1\r\nab\r\n"), Err(RespError::End));
    assert_eq!(replies(b"*-2\r\n"), Err(RespError::Number));
    for ended in ["+OK", "$3\r\nab", "*2\r\n:1\r\n"] {
        assert_eq!(replies(ended.as_bytes()), Err(RespError::Read(ReadError::Ended)), "{ended}");
    }
    assert_eq!(replies(b""), Ok(vec![]));
}
