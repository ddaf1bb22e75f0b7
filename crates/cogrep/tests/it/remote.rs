//! Inputs that are read over the network, from a server on the loopback.
#![cfg(feature = "remote")]

use cogrep_testing::http::{Object, Server, Trouble};

use crate::common::{Place, expect};

/// A server with these objects.
fn server(objects: &[(&str, &[u8])]) -> Server {
    let server = Server::start();
    for (path, bytes) in objects {
        server.put(path, Object::new(*bytes));
    }
    server
}

/// This, packed as `gzip` packs it.
fn packed(place: &Place, bytes: &[u8]) -> Vec<u8> {
    let path = place.write("packed", bytes);
    let packed = std::process::Command::new("gzip").arg("-c").arg(path).output();
    packed.expect("gzip").stdout
}

#[test]
fn addresses_are_inputs_like_any_others() {
    let place = Place::with(&[("b.txt", b"love hate")]);
    let server = server(&[("/a.txt", b"love love"), ("/empty", b"")]);
    server.put("/c.gz", Object::new(packed(&place, b"hate and hate")));
    let [a, c, empty] = ["/a.txt", "/c.gz", "/empty"].map(|path| server.url(path));
    let answer = place.run(["love", "hate", "--by", "file", "--in", &a, "b.txt", &c, &empty]);
    let out = format!(
        "{a}:love 2\n{a}:hate 0\nb.txt:love 1\nb.txt:hate 1\n{c}:love 0\n{c}:hate 2\n\
         {empty}:love 0\n{empty}:hate 0\nlove 3\nhate 3\n"
    );
    assert_eq!(answer, expect(&out, "", 0));
    let list = format!("{a}\n{c}\n");
    let answer = place.pipe(list.as_bytes(), ["love", "--files-from", "-"]);
    assert_eq!(answer, expect("love 2\n", "", 0));
}

#[test]
fn what_is_not_there_is_named_and_the_others_count() {
    let place = Place::new();
    let server = server(&[("/a.txt", b"love")]);
    let (there, gone) = (server.url("/a.txt"), server.url("/b.txt?token=secret"));
    let answer = place.run(["love", "--in", &gone, &there]);
    let shown = server.url("/b.txt?token=...");
    let err = format!(
        "cogrep: {shown}: the server answers 404: NoSuchKey\n\
         cogrep: incomplete: 1 of 2 sources could not be read to the end\n"
    );
    assert_eq!(answer, expect("love 1\n", &err, 2));
    assert_eq!(server.requests().iter().filter(|it| it.query == "token=secret").count(), 1);
}

#[test]
fn a_connection_that_breaks_off_for_good_leaves_a_part() {
    let place = Place::new();
    let server = server(&[]);
    // Nothing tells whether a second answer would be the same.
    let object = Object::new("love ".repeat(2000));
    server
        .put("/a", Object { has_ranges: false, has_length: false, etag: String::new(), ..object });
    server.meet(|_, _| Trouble::Drop(5000));
    let answer = place.run(["love", &server.url("/a")]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 1000\n", 2));
    assert!(answer.err.contains("the connection broke off"), "{}", answer.err);
    assert!(answer.err.contains("; 5000 bytes were read\n"), "{}", answer.err);
}

#[test]
fn archives_are_opened_where_they_are() {
    let place = Place::with(&[("logs/a.log", b"love"), ("logs/b.log", b"hate love")]);
    let tar = std::process::Command::new("tar")
        .args(["-cz", "-C"])
        .arg(place.path())
        .args(["logs/a.log", "logs/b.log"])
        .output();
    let server = server(&[("/logs.tar.gz", &tar.expect("tar").stdout)]);
    let address = server.url("/logs.tar.gz");
    let answer = place.run(["love", "--by", "file", "-g", "a.log", "--in", &address]);
    assert_eq!(answer, expect(&format!("{address}!logs/a.log:love 1\nlove 1\n"), "", 0));
}

#[test]
fn statistics_say_what_went_over_the_network() {
    let place = Place::new();
    let server = server(&[("/a", &b"love ".repeat(20_000))]);
    server.meet(|_, nth| match nth {
        1 => Trouble::Status(503, Some("0".to_owned())),
        _ => Trouble::None,
    });
    let mut command = place.command();
    command.args(["--stats", "love", &server.url("/a")]).env("COGREP_RANGE", "40000");
    let answer = crate::common::answer(&mut command, b"");
    assert_eq!((answer.out.as_str(), answer.status), ("love 20000\n", 0));
    let line = "network   4 requests, 1 of them retries, 100,000 bytes received\n";
    assert!(answer.err.contains(line), "{}", answer.err);
}

#[test]
fn a_header_is_sent_and_never_shown() {
    let place = Place::new();
    let server = server(&[("/a", b"love")]);
    let address = server.url("/a");
    let answer = place.run(["love", "--header", "X-Key: secret", &address]);
    assert_eq!(answer, expect("love 1\n", "", 0));
    assert_eq!(server.requests()[0].header("x-key"), "secret");
    let answer = place.run(["love", "--header", "secret", &address]);
    let err = "cogrep: --header: a header is a name, a colon and a value; --header 'Name: value'\n";
    assert_eq!(answer, expect("", err, 2));
    let answer = place.run(["love", "--ca-cert", "none.pem", &address]);
    assert_eq!(answer, expect("", "cogrep: --ca-cert none.pem: no such file\n", 2));
}

#[test]
fn a_proxy_of_the_environment_is_asked() {
    let place = Place::new();
    let server = server(&[("/a", b"love")]);
    let mut command = place.command();
    command.args(["love", "http://nowhere.invalid/a"]).env("HTTP_PROXY", server.url(""));
    command.env("http_proxy", server.url(""));
    assert_eq!(crate::common::answer(&mut command, b""), expect("love 1\n", "", 0));
}

/// The program, with a store that is this server.
fn with_store(place: &Place, server: &Server, arguments: &[&str]) -> crate::common::Answer {
    let mut command = place.command();
    command.args(["--endpoint-url", &server.url(""), "--no-sign-request"]).args(arguments);
    crate::common::answer(&mut command, b"")
}

#[test]
fn a_prefix_of_a_store_is_a_folder() {
    let place = Place::new();
    let server = server(&[
        ("/b/logs/1.log", b"love"),
        ("/b/logs/2.txt", b"love love"),
        ("/b/logs/../3.log", b"love"),
        ("/b/other", b"love"),
    ]);
    server.page(1);
    let answer = with_store(&place, &server, &["love", "--by", "file", "--in", "s3://b/logs/"]);
    let err = "cogrep: s3://b/logs/../3.log: this is no address: its key has . or .. for the name \
               of a folder\ncogrep: incomplete: 1 of 3 sources could not be read to the end\n";
    let out = "s3://b/logs/1.log:love 1\ns3://b/logs/2.txt:love 2\nlove 3\n";
    assert_eq!(answer, expect(out, err, 2));
    let answer = with_store(&place, &server, &["love", "-g", "*.txt", "gs://b/logs/"]);
    assert_eq!(answer, expect("love 2\n", "", 0));
    let answer = with_store(&place, &server, &["--stats", "love", "s3://b/logs/?.*"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 3\n", 0));
    assert!(
        answer.err.contains("network   5 requests, 0 of them retries, 13 bytes received\n"),
        "{}",
        answer.err
    );
}

#[test]
fn what_a_prefix_costs_is_said_beforehand() {
    let place = Place::new();
    let server = server(&[("/b/a/1", b"love"), ("/b/a/2", b"hope"), ("/b/c", b"hate")]);
    let answer =
        with_store(&place, &server, &["--explain", "love", "--in", "s3://b/a/", "s3://b/c"]);
    assert_eq!((answer.err.as_str(), answer.status), ("", 0));
    assert!(answer.out.contains("\ns3://b/a/: 2 objects, 8 bytes\n"), "{}", answer.out);
    assert_eq!(server.requests().len(), 1, "nothing is read");
}

#[test]
fn parts_of_a_prefix_are_disjoint_and_notice_changes() {
    let place = Place::new();
    let server = server(&[]);
    for nth in 0..7 {
        server.put(&format!("/b/{nth}"), Object::new("love ".repeat(nth + 1)));
    }
    let part = |part: &str, file: &str| {
        with_store(&place, &server, &["-q", "--part", part, "--save", file, "love", "s3://b/"])
    };
    for (nth, file) in [("1/3", "1"), ("2/3", "2"), ("3/3", "3")] {
        assert_eq!(part(nth, file).status, 0);
    }
    assert_eq!(place.run(["--merge", "1", "2", "3"]), expect("love 28\n", "", 0));
    server.put("/b/5", Object::new("hate"));
    part("3/3", "3");
    assert_eq!(place.run(["--merge", "1", "2", "3"]).status, 2);
}
