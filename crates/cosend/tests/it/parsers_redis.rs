//! The parser of Redis' protocol in the examples against a real server, where there is one.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cosend::{Sink, collect, take};

use crate::parsers::resp::{self, Reply, command};

/// A server on a socket of this test's own.
struct Server {
    process: Child,
    folder: PathBuf,
}

impl Server {
    fn start() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("cosend-redis-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let process = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--unixsocket", "socket", "--dir"])
            .arg(&folder)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .spawn();
        process.ok().map(|process| Self { process, folder })
    }

    fn connect(&self) -> UnixStream {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match UnixStream::connect(self.folder.join("socket")) {
                Ok(socket) => return socket,
                Err(error) => assert!(Instant::now() < end, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The answers to as many commands, and the bytes that they came in.
fn ask(socket: &mut UnixStream, commands: &[&str]) -> (Vec<Reply>, Vec<u8>) {
    for words in commands {
        socket
            .write_all(&command(
                words.split(' ').collect::<Vec<_>>().into_iter().map(str::as_bytes),
            ))
            .unwrap();
    }
    let mut parser = resp::replies(take(commands.len(), collect::<Reply, Vec<_>>()));
    let (mut buffer, mut bytes) = ([0; 1000], Vec::new());
    while !parser.is_stopped() {
        let length = socket.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..length]);
        parser.send(&buffer[..length]).unwrap();
    }
    (parser.close().unwrap(), bytes)
}

#[test]
fn a_real_server_is_understood() {
    let Some(server) = Server::start() else {
        cogrep_testing::skip("there is no redis-server");
        return;
    };
    let mut socket = server.connect();
    let bulk = |text: &str| Reply::Bulk(text.as_bytes().to_vec());
    let commands = [
        "PING",
        "SET word love",
        "GET word",
        "GET nothing",
        "INCR count",
        "INCRBY count 41",
        "RPUSH list a b c",
        "LRANGE list 0 -1",
        "HSET pairs a 1 b 2",
        "LPUSH word x",
        "NOSUCH",
        "EVAL return{1,{'x',false}} 0",
    ];
    let (replies, bytes) = ask(&mut socket, &commands);
    let mut replies = replies.into_iter();
    let mut next = || replies.next().unwrap();
    assert_eq!(next(), Reply::Simple("PONG".to_owned()));
    assert_eq!(next(), Reply::Simple("OK".to_owned()));
    assert_eq!(next(), bulk("love"));
    assert_eq!(next(), Reply::Null);
    assert_eq!(next(), Reply::Integer(1));
    assert_eq!(next(), Reply::Integer(42));
    assert_eq!(next(), Reply::Integer(3));
    assert_eq!(next(), Reply::Array(vec![bulk("a"), bulk("b"), bulk("c")]));
    assert_eq!(next(), Reply::Integer(2));
    assert!(matches!(next(), Reply::Error(error) if error.starts_with("WRONGTYPE")));
    assert!(matches!(next(), Reply::Error(error) if error.starts_with("ERR unknown command")));
    let nested = Reply::Array(vec![bulk("x"), Reply::Null]);
    assert_eq!(next(), Reply::Array(vec![Reply::Integer(1), nested]));

    // What it sent is read the same, however it is cut.
    let parse = |pieces: &[&[u8]]| {
        resp::replies(collect::<Reply, Vec<_>>()).run(pieces.iter().copied()).unwrap()
    };
    let whole = parse(&[&bytes]);
    for cut in 0..bytes.len() {
        assert_eq!(parse(&[&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
    }

    // The third version has maps, doubles and nulls of their own.
    let (replies, _) = ask(&mut socket, &["HELLO 3", "HGETALL pairs", "GET nothing"]);
    assert!(matches!(&replies[0], Reply::Map(pairs) if pairs[0].0 == bulk("server")));
    let pairs = vec![(bulk("a"), bulk("1")), (bulk("b"), bulk("2"))];
    assert_eq!(replies[1..], [Reply::Map(pairs), Reply::Null]);
}
