//! What a user should know of the sources that were read, on standard error.

use cogrep_report::escape;
use cogrep_source::{Notice, SourceName};

use crate::ui::messages;

/// How many of one kind are printed.
const PRINTED: usize = 10;

/// Prints a line for each of these, and how many more there are of a kind that has many.
pub(crate) fn print(notices: &[(SourceName, Notice)]) {
    for is_kind in [is_rule, is_packed, is_encoding, is_other_name] {
        let mut of_kind = notices.iter().filter(|(_, notice)| is_kind(notice));
        for (name, notice) in of_kind.by_ref().take(PRINTED) {
            messages::notice(&format!("{}: {notice}{}", escape(name.as_bytes()), way_out(notice)));
        }
        let rest = of_kind.count();
        if rest > 0 {
            messages::notice(&format!("and {rest} more like the last"));
        }
    }
}

fn is_rule(notice: &Notice) -> bool {
    matches!(notice, Notice::IgnoreRule(_))
}

fn is_packed(notice: &Notice) -> bool {
    matches!(notice, Notice::Packed { .. })
}

fn is_encoding(notice: &Notice) -> bool {
    matches!(notice, Notice::Encoding { .. })
}

fn is_other_name(notice: &Notice) -> bool {
    matches!(notice, Notice::OtherName(_))
}

/// What can be done about it.
fn way_out(notice: &Notice) -> String {
    match notice {
        Notice::Encoding { encoding: encoding @ ("UTF-16LE" | "UTF-16BE"), .. } => {
            format!("; --encoding {} counts in it", encoding.to_lowercase())
        }
        Notice::Encoding { encoding, .. } => format!("; iconv -f {encoding} -t utf-8 makes it so"),
        Notice::Packed { .. } => "; unpack it, and pipe it in".to_owned(),
        _ => String::new(),
    }
}
