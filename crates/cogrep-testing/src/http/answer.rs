//! Answers to requests.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::TcpStream;
use std::ops::Range;

use super::{Object, Request, Shared, Trouble, listing, lock};

/// An answer that is being made.
struct Answer<'a> {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: &'a [u8],
    has_length: bool,
}

/// Answers a request; gives whether the connection can be used again.
pub(super) fn answer(
    shared: &Shared,
    request: &Request,
    trouble: Trouble,
    stream: &TcpStream,
) -> io::Result<bool> {
    if let Trouble::Status(status, pause) = trouble {
        let fields = pause.map(|pause| ("Retry-After", pause)).into_iter().collect();
        let body = b"<Error><Code>Trouble</Code></Error>";
        return send(stream, request, &Answer { status, fields, body, has_length: true });
    }
    if request.value("list-type").as_deref() == Some("2") {
        let body = listing::page(shared, request);
        let body = body.as_bytes();
        return send(
            stream,
            request,
            &Answer { status: 200, fields: vec![], body, has_length: true },
        );
    }
    if trouble == Trouble::Change
        && let Some(object) = lock(&shared.objects).get_mut(&request.path)
    {
        let mut bytes = object.bytes.to_vec();
        for byte in &mut bytes {
            *byte = byte.wrapping_add(1);
        }
        if object.etag.is_empty() {
            // Else nothing would tell.
            bytes.push(b'+');
        } else {
            object.etag = Object::new(bytes.clone()).etag;
        }
        object.bytes = bytes.into();
    }
    let object = lock(&shared.objects).get(&request.path).cloned();
    let Some(object) = object else {
        let body = b"<Error><Code>NoSuchKey</Code></Error>";
        return send(
            stream,
            request,
            &Answer { status: 404, fields: vec![], body, has_length: true },
        );
    };
    give(request, &object, &trouble, stream)
}

/// Gives an object, or a range of it.
fn give(
    request: &Request,
    object: &Object,
    trouble: &Trouble,
    stream: &TcpStream,
) -> io::Result<bool> {
    let plain = |status, fields| Answer { status, fields, body: &[], has_length: true };
    if let Some(place) = &object.moved_to {
        return send(stream, request, &plain(302, vec![("Location", place.clone())]));
    }
    let expected = request.header("if-match");
    if !expected.is_empty() && expected != object.etag {
        return send(stream, request, &plain(412, vec![]));
    }
    let size = object.bytes.len();
    let is_ranged = object.has_ranges && *trouble != Trouble::Whole;
    let mut fields = Vec::new();
    if !object.etag.is_empty() {
        fields.push(("ETag", object.etag.clone()));
    }
    let (status, mut range) = match request.range(size).filter(|_| is_ranged) {
        None => (200, 0..size),
        Some(range) if range.start >= size => {
            fields.push(("Content-Range", format!("bytes */{size}")));
            return send(stream, request, &plain(416, fields));
        }
        Some(range) => (206, range),
    };
    if *trouble == Trouble::OtherRange && range.len() > 1 {
        range = range.start..range.end - 1;
    }
    if status == 206 {
        let Range { start, end } = range;
        fields.push(("Content-Range", format!("bytes {start}-{}/{size}", end - 1)));
    }
    let body = &object.bytes[range];
    let has_length = object.has_length;
    match *trouble {
        Trouble::Drop(bytes) => {
            let answer = Answer { status, fields, body, has_length };
            send_cut(stream, &answer, bytes.min(body.len()))?;
            Ok(false)
        }
        // Without a length before it, so that the end is all that a client sees.
        Trouble::Shorten(bytes) => {
            let body = &body[..bytes.min(body.len())];
            send(stream, request, &Answer { status, fields, body, has_length: false })
        }
        Trouble::Lengthen => {
            let body = [body, b"more"].concat();
            send(stream, request, &Answer { status, fields, body: &body, has_length: false })
        }
        _ => send(stream, request, &Answer { status, fields, body, has_length }),
    }
}

fn send(mut stream: &TcpStream, request: &Request, answer: &Answer<'_>) -> io::Result<bool> {
    stream.write_all(head(answer).as_bytes())?;
    if request.method != "HEAD" {
        write_body(stream, answer, answer.body.len())?;
        if !answer.has_length {
            stream.write_all(b"0\r\n\r\n")?;
        }
    }
    Ok(true)
}

/// Sends the beginning of an answer.
fn send_cut(mut stream: &TcpStream, answer: &Answer<'_>, bytes: usize) -> io::Result<()> {
    stream.write_all(head(answer).as_bytes())?;
    write_body(stream, answer, bytes)
}

fn write_body(mut stream: &TcpStream, answer: &Answer<'_>, bytes: usize) -> io::Result<()> {
    let body = &answer.body[..bytes];
    if answer.has_length {
        return stream.write_all(body);
    }
    for piece in body.chunks(10_000) {
        write!(stream, "{:x}\r\n", piece.len())?;
        stream.write_all(piece)?;
        stream.write_all(b"\r\n")?;
    }
    Ok(())
}

fn head(answer: &Answer<'_>) -> String {
    let mut head = format!("HTTP/1.1 {} Answer\r\n", answer.status);
    for (name, value) in &answer.fields {
        // Writing to a string does not fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if answer.has_length {
        let _ = write!(head, "Content-Length: {}\r\n", answer.body.len());
    } else {
        head.push_str("Transfer-Encoding: chunked\r\n");
    }
    head.push_str("\r\n");
    head
}
