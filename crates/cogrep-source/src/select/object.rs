//! Which objects of a listing are read: by the rules that hold for files.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::{Rule, Selection};
use crate::remote_name::RemoteName;

impl Selection {
    /// Whether an object that was listed is read. The prefix that was named is the folder
    /// that its name begins in.
    pub(super) fn is_object_selected(&self, name: &RemoteName) -> bool {
        let below = name.below_prefix();
        let bytes = name.version().map(|version| version.bytes);
        let is_marker = below.is_empty() || below.ends_with('/');
        let is_deep = self.max_depth.is_some_and(|most| below.split('/').count() > most);
        let rule = if is_marker && bytes == Some(0) {
            Some(Rule::Marker)
        } else if is_deep {
            Some(Rule::Depth)
        } else {
            self.leaves_out(below.as_bytes(), bytes)
        };
        if let Some(rule) = rule {
            let mut left_out = self.objects_left_out.lock().unwrap_or_else(PoisonError::into_inner);
            *left_out.entry(rule).or_insert(0) += 1;
        }
        rule.is_none()
    }

    /// How many objects were left out of the listings so far, by rule.
    pub(super) fn objects_left_out(&self) -> BTreeMap<Rule, u64> {
        self.objects_left_out.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
