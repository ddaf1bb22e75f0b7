//! Times of lines: stamps that are recognised, and steps that they are counted by.
//!
//! A time is a number of seconds from the start of 1970. A stamp with an offset is brought to
//! UTC; one without is taken as it is.

mod calendar;
mod stamp;
mod step;

pub use stamp::{Stamp, StampFinder};
pub use step::{BadStep, Step};
