//! Sends one command to a Redis server, and prints its answer.
//!
//! ```text
//! cargo run -p cosend --example resp -- 127.0.0.1:6379 set word love
//! ```
#![allow(clippy::print_stdout, reason = "an example prints what it does")]

extern crate alloc;

use std::env;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use cosend::{Sink, last, take};

#[path = "parsers/resp.rs"]
mod parser;

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [address, command @ ..] = &*words else {
        println!("usage: resp ADDRESS COMMAND...");
        return Ok(());
    };
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(&parser::command(command.iter().map(String::as_bytes)))?;
    // One answer is enough, and the parser says so as soon as it is there.
    let mut parser = parser::replies(take(1, last::<parser::Reply>()));
    let mut buffer = [0; 4096];
    while !parser.is_stopped() {
        match socket.read(&mut buffer)? {
            0 => break,
            length => drop(parser.send(&buffer[..length])),
        }
    }
    println!("{:?}", parser.close());
    Ok(())
}
