//! Objects of a store on the loopback, whatever goes wrong on the way.

use std::sync::Arc;
use std::time::Duration;

use cogrep_testing::http::{Object, Server, Trouble};

use crate::backend::{Backend, Files, Remote, RemoteSettings};
use crate::{Chunk, Fault, Input, OpenOptions, Outcome, Selected, Selection, SourceName, Text};

/// A backend for the stores of a server, with credentials.
fn remote(server: &Server) -> Arc<dyn Backend> {
    let variables = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")];
    let settings = RemoteSettings {
        endpoint_url: Some(server.url("")),
        environment: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        retries: 3,
        first_pause: Duration::from_millis(1),
        ..RemoteSettings::default()
    };
    Arc::new(Remote::new(settings, Arc::new(Files)).unwrap())
}

fn found(backend: &Arc<dyn Backend>, selection: &Selection, address: &str) -> Vec<Selected> {
    let input = Input::Name(SourceName::remote(address).unwrap());
    selection.sources(&[input], &**backend).collect()
}

fn names(found: &[Selected]) -> Vec<String> {
    found.iter().map(|found| found.as_ref().unwrap().to_string()).collect()
}

fn read(backend: &Arc<dyn Backend>, name: &SourceName) -> (Vec<u8>, Outcome) {
    let options = OpenOptions { backend: Arc::clone(backend), ..OpenOptions::default() };
    let mut text = match Text::open(name, &options) {
        Ok(text) => text,
        Err(fault) => return (Vec::new(), Outcome::Failed(fault)),
    };
    let (mut all, mut chunk) = (Vec::new(), Chunk::new());
    while !chunk.is_last() {
        text.read(&mut chunk);
        all.extend_from_slice(chunk.bytes());
    }
    (all, text.outcome())
}

fn said(fault: Option<&Fault>) -> String {
    fault.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_prefix_is_listed_in_pages_and_read_as_it_was_listed() {
    let server = Server::start();
    server.page(2);
    let keys = ["logs/", "logs/a b.log", "logs/b/c+d.log", "logs/b/e&f.txt", "logs/g//h.log"];
    for key in keys {
        let text = if key.ends_with('/') { "" } else { key };
        server.put(&format!("/bucket/{key}"), Object::new(text));
    }
    server.put("/bucket/other.log", Object::new("other"));
    let backend = remote(&server);
    let selection = Selection::default();
    let all = found(&backend, &selection, "s3://bucket/logs/");
    let expected: Vec<_> = keys[1..].iter().map(|key| format!("s3://bucket/{key}")).collect();
    assert_eq!(names(&all), expected);
    let left_out = selection.left_out(&[], &Files);
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), [(crate::Rule::Marker, 1)]);
    assert_eq!(server.requests().len(), 3, "pages");
    for (name, key) in all.iter().zip(&keys[1..]) {
        let (text, outcome) = read(&backend, name.as_ref().unwrap());
        assert!(outcome.is_complete() && text == key.as_bytes(), "{outcome:?}");
    }
    for request in &server.requests()[3..] {
        let key = request.path.strip_prefix("/bucket/").unwrap();
        assert_eq!(request.header("if-match"), Object::new(key).etag);
        assert!(request.header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=key/"));
    }
}

#[test]
fn globs_and_rules_choose_objects() {
    let server = Server::start();
    for key in ["logs/a.log", "logs/b/c.log", "logs/b/d.txt", "logs/.e.log", "long/f.log"] {
        server.put(&format!("/bucket/{key}"), Object::new(key));
    }
    let backend = remote(&server);
    let mut globbed = Selection::default();
    globbed.set_globs(["b/*.log"]).unwrap();
    let (plain, mut small, mut flat) =
        (Selection::default(), Selection::default(), Selection::default());
    small.max_file_bytes = Some(10);
    flat.max_depth = Some(1);
    for (selection, address, keys) in [
        (&plain, "s3://bucket/logs/*.log", &["logs/a.log"][..]),
        (&plain, "s3://bucket/**/*.log", &["logs/a.log", "logs/b/c.log", "long/f.log"]),
        (&plain, "s3://bucket/l*/[bf]*", &["long/f.log"]),
        (&globbed, "s3://bucket/logs/", &["logs/b/c.log"]),
        (&small, "s3://bucket/", &["logs/a.log", "long/f.log"]),
        (&flat, "s3://bucket/logs/", &["logs/a.log"]),
        (&plain, "s3://bucket/none/", &[]),
    ] {
        let expected: Vec<_> = keys.iter().map(|key| format!("s3://bucket/{key}")).collect();
        assert_eq!(names(&found(&backend, selection, address)), expected, "{address}");
    }
}

#[test]
fn what_is_special_in_a_glob_can_be_in_a_key() {
    let server = Server::start();
    for key in ["a[1].log", "a1.log", "a?.log", "b{2", "b2"] {
        server.put(&format!("/bucket/{key}"), Object::new(key));
    }
    let backend = remote(&server);
    for (address, keys) in [
        ("s3://bucket/a[1].log", &["a1.log", "a[1].log"][..]),
        ("s3://bucket/a\\[1].log", &["a[1].log"]),
        ("s3://bucket/a\\?.log", &["a?.log"]),
        ("s3://bucket/b[{]2", &["b{2"]),
        ("s3://bucket/\\b*", &["b2", "b{2"]),
    ] {
        let expected: Vec<_> = keys.iter().map(|key| format!("s3://bucket/{key}")).collect();
        assert_eq!(names(&found(&backend, &Selection::default(), address)), expected, "{address}");
    }
}

#[test]
fn a_key_that_no_address_has_is_named_and_the_others_are_read() {
    let server = Server::start();
    for key in ["a/../b", "c"] {
        server.put(&format!("/bucket/{key}"), Object::new(key));
    }
    let backend = remote(&server);
    let all = found(&backend, &Selection::default(), "s3://bucket");
    assert_eq!(names(&all), ["s3://bucket/a/../b", "s3://bucket/c"]);
    let (_, outcome) = read(&backend, all[0].as_ref().unwrap());
    assert_eq!(
        said(outcome.fault()),
        "this is no address: its key has . or .. for the name of a folder"
    );
    assert!(read(&backend, all[1].as_ref().unwrap()).1.is_complete());
}

#[test]
fn an_object_that_changed_since_it_was_listed_is_not_read() {
    let server = Server::start();
    server.put("/bucket/a", Object::new("love"));
    let backend = remote(&server);
    let all = found(&backend, &Selection::default(), "s3://bucket/");
    server.put("/bucket/a", Object::new("hate"));
    let (text, outcome) = read(&backend, all[0].as_ref().unwrap());
    assert_eq!((text.len(), outcome.as_str()), (0, "failed"));
    assert_eq!(said(outcome.fault()), "it changed while it was read");
}

#[test]
fn a_listing_that_breaks_off_says_so_and_loses_nothing() {
    let server = Server::start();
    server.page(1);
    for key in ["a", "b", "c"] {
        server.put(&format!("/bucket/{key}"), Object::new(key));
    }
    let backend = remote(&server);
    server.meet(|_, nth| match nth {
        0 | 2 => Trouble::None,
        1 => Trouble::Status(503, Some("0".to_owned())),
        _ => Trouble::Status(403, None),
    });
    let all = found(&backend, &Selection::default(), "s3://bucket/");
    assert_eq!(names(&all[..2]), ["s3://bucket/a", "s3://bucket/b"]);
    let (name, fault) = all[2].as_ref().unwrap_err();
    assert_eq!(
        (name.to_string(), said(Some(fault))),
        ("s3://bucket/".to_owned(), "the server answers 403: Trouble".to_owned(),)
    );
    assert_eq!(all.len(), 3);
}

#[test]
fn public_buckets_are_asked_without_a_signature() {
    let server = Server::start();
    server.put("/bucket/a", Object::new("love"));
    let settings = RemoteSettings {
        endpoint_url: Some(server.url("")),
        no_sign_request: true,
        ..RemoteSettings::default()
    };
    let backend: Arc<dyn Backend> = Arc::new(Remote::new(settings, Arc::new(Files)).unwrap());
    for address in ["s3://bucket/a", "gs://bucket/a"] {
        let (text, outcome) = read(&backend, &SourceName::remote(address).unwrap());
        assert!(outcome.is_complete() && text == b"love", "{outcome:?}");
    }
    assert!(server.requests().iter().all(|request| request.header("authorization").is_empty()));
}
