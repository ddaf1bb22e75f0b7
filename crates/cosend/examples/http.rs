//! Answers each request of HTTP with what it was, on a port of this machine.
//!
//! ```text
//! cargo run -p cosend --example http -- 8080 &
//! curl -H 'Transfer-Encoding: chunked' -d 'to be' http://localhost:8080/path
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it does")]

extern crate alloc;

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use cosend::Sink;

#[path = "parsers/http.rs"]
#[allow(dead_code, reason = "one request a connection is read here")]
mod parser;

fn main() -> io::Result<()> {
    let port = env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("http://{}", listener.local_addr()?);
    for connection in listener.incoming() {
        if let Err(error) = serve(connection?) {
            println!("{error}");
        }
    }
    Ok(())
}

/// Feeds the parser from the socket, as long as it takes more.
fn serve(mut socket: TcpStream) -> io::Result<()> {
    let mut parser = parser::request();
    let mut buffer = [0; 4096];
    while !parser.is_stopped() {
        match socket.read(&mut buffer)? {
            0 => break,
            // That it has stopped is seen above.
            length => drop(parser.send(&buffer[..length])),
        }
    }
    match parser.close() {
        Ok(request) => {
            let what =
                format!("{} {}, {} bytes\n", request.method, request.target, request.body.len());
            write!(socket, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{what}", what.len())
        }
        Err(error) => write!(socket, "HTTP/1.1 400 {error:?}\r\nContent-Length: 0\r\n\r\n"),
    }
}
