//! The parsers as a library without the standard library: it compiles, for any target that
//! can allocate.
#![no_std]

extern crate alloc;

#[path = "parsers/http.rs"]
pub mod http;
#[path = "parsers/json.rs"]
pub mod json;
#[path = "parsers/resp.rs"]
pub mod resp;
