//! A series that ends with an error is a `try_generator`.
use cosend::generator;
use std::num::ParseIntError;

fn numbers(text: &str) -> impl Iterator<Item = Result<i32, ParseIntError>> {
    generator(async move |mut out| {
        for word in text.split(' ') {
            out.yield_(word.parse::<i32>()?).await;
        }
        Ok::<(), ParseIntError>(())
    })
}

fn main() {
    numbers("1 2 x").for_each(drop);
}
