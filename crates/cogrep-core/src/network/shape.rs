//! What a network looks like.

use std::fmt;

/// The name of a stage and the shapes of its children.
///
/// ```
/// use cogrep_core::network::Shape;
///
/// let grep = |word: &str| Shape::new(format!("grep {word}"), [Shape::new("count", [])]);
/// let fanout = Shape::new("fanout", [grep("love"), grep("hate")]);
/// let network = Shape::new("cat", [fanout]);
/// assert_eq!(network.to_string(), "cat -> fanout -> [grep love -> count, grep hate -> count]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    name: String,
    children: Vec<Shape>,
}

impl Shape {
    /// A stage of this name over these children.
    pub fn new(name: impl Into<String>, children: impl IntoIterator<Item = Self>) -> Self {
        Self { name: name.into(), children: children.into_iter().collect() }
    }

    /// The same stage with another child before the others.
    pub(crate) fn with_first(mut self, child: Self) -> Self {
        self.children.insert(0, child);
        self
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.children.as_slice() {
            [] => Ok(()),
            // A fanout shows that it could have more children.
            [child] if self.name != "fanout" => write!(f, " -> {child}"),
            children => {
                for (nth, child) in children.iter().enumerate() {
                    f.write_str(if nth == 0 { " -> [" } else { ", " })?;
                    child.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}
