//! A backend of one's own: the texts in a column of an `SQLite` database.
//!
//! `cargo run --release -p cogrep-core --example backend -- PATTERN DATABASE TABLE COLUMN`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cogrep_core::{Counter, Fault, Input, OpenOptions, Options, SourceName};
use cogrep_source::backend::{Backend, Facts, Listing, Opened};
use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{StreamExt, iter};
use rusqlite::{Connection, types::FromSql};

/// A database, a table and a column. Each row is a source, named `TABLE/ROWID`.
#[derive(Debug)]
pub(crate) struct Column(pub(crate) Mutex<Connection>, pub(crate) [String; 2]);

impl Column {
    fn query<T: FromSql>(&self, what: &str, row: Option<&str>) -> Result<Vec<T>, Fault> {
        let query = format!("SELECT {what} FROM \"{}\" WHERE ?1 IS NULL OR rowid = ?1", self.1[0]);
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = connection.prepare_cached(&query).map_err(io::Error::other)?;
        let rows = query.query_map([row], |row| row.get(0)).map_err(io::Error::other)?;
        Ok(rows.collect::<rusqlite::Result<_>>().map_err(io::Error::other)?)
    }
}

impl Backend for Column {
    fn facts<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        let is_row = name.to_string().contains('/');
        ready(Ok(if is_row { Facts::file(None) } else { Facts::folder() })).boxed()
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        let (name, text) = (name.to_string(), format!("CAST(\"{}\" AS BLOB)", self.1[1]));
        let texts = self.query::<Vec<u8>>(&text, name.rsplit('/').next());
        ready(texts.map(|texts| Opened::Memory(texts.concat().into()))).boxed()
    }

    fn list(&self, folder: &SourceName) -> Listing<'_> {
        let names = match self.query::<i64>("rowid", None) {
            Ok(rows) => rows.iter().map(|row| Ok(format!("{folder}/{row}").into())).collect(),
            Err(fault) => vec![Err((folder.clone(), fault))],
        };
        Listing::Names(iter(names).boxed())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let database = Mutex::new(Connection::open(&words[1])?);
    let backend = Arc::new(Column(database, [words[2].clone(), words[3].clone()]));
    let open = OpenOptions { backend, ..OpenOptions::default() };
    let mut counter = Counter::new([&*words[0]], Options { open, ..Options::default() })?;
    counter.count(&[Input::Name(words[2].as_str().into())]);
    println!("{}", counter.finish().patterns[0].count);
    Ok(())
}
