//! Which members of an archive are read: by the rules that hold for files.

use std::path::Path;

use super::{Rule, Selection};

impl Selection {
    /// The rule by which a member of an archive is left out, if one does so; by its name
    /// there, and by its size in bytes, if that is known.
    ///
    /// An archive is a folder that the name begins in. It has no files of its own with rules,
    /// such as `.gitignore`: those are members like any others. Files of rules that were named
    /// hold for it, too.
    ///
    /// ```
    /// use cogrep_source::{Rule, Selection};
    ///
    /// let selection = Selection::default();
    /// assert_eq!(selection.leaves_out(b"letters/may.txt", None), None);
    /// assert_eq!(selection.leaves_out(b"letters/.git/config", None), Some(Rule::Hidden));
    /// ```
    #[must_use]
    pub fn leaves_out(&self, name: &[u8], bytes: Option<u64>) -> Option<Rule> {
        let text = String::from_utf8_lossy(name);
        let path = Path::new(text.trim_start_matches("./"));
        let folders: Vec<&Path> = path.ancestors().skip(1).collect();
        // A folder that is left out takes all with it that is in it.
        let folders = folders.into_iter().rev().filter(|folder| folder.file_name().is_some());
        let rules = folders.map(|folder| self.rule_of_name(folder, true));
        let rule = rules.chain([self.rule_of_name(path, false)]).flatten().next();
        let is_large = self.max_file_bytes.is_some_and(|most| bytes.is_some_and(|all| all > most));
        rule.or(is_large.then_some(Rule::Size))
    }

    /// The rule by which a name is left out, in the order in which a walk asks.
    fn rule_of_name(&self, path: &Path, is_folder: bool) -> Option<Rule> {
        let globs = || (!self.globs.is_empty()).then(|| self.globs.rules().ok()).flatten();
        if let Some(globs) = self.rules_of_members.get_or_init(globs) {
            let found = globs.matched(path, is_folder);
            if !found.is_none() {
                return found.is_ignore().then_some(Rule::Glob);
            }
        }
        let mut is_wanted = false;
        if let Some(rules) = self.ignore_files.rules() {
            let found = rules.matched(path, is_folder);
            if found.is_ignore() {
                return Some(Rule::IgnoreFile);
            }
            is_wanted = found.is_whitelist();
        }
        if let Some(types) = self.types.rules() {
            let found = types.matched(path, is_folder);
            if !found.is_none() {
                return found.is_ignore().then_some(Rule::Type);
            }
        }
        let name = path.file_name()?;
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        (is_hidden && !is_wanted && !self.hidden).then_some(Rule::Hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Files;
    use crate::{Input, TypeChoice};

    /// A member is left out exactly where a walk leaves the file of that name out.
    #[test]
    fn members_are_selected_as_files_are() {
        let names = [
            "a.txt",
            "a.log",
            ".a.txt",
            "b/a.txt",
            "b/.c/a.txt",
            "b/c/a.rs",
            "b/d.log/a.txt",
            "node_modules/x.js",
            "b/node_modules/y.js",
            "long.txt",
            "b/.e.log",
        ];
        let place = tempfile::tempdir().unwrap();
        for name in names {
            let path = place.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, if name == "long.txt" { "0123456789" } else { "love" }).unwrap();
        }
        let inputs = [Input::Path(place.path().into())];
        let globs: [&[&str]; 7] = [
            &[],
            &["*.log"],
            &["!*.log"],
            &["!node_modules"],
            &["*.txt", "!b/"],
            &["!*.txt", "a.txt"],
            &[".a.txt", "*.rs"],
        ];
        let types: [(&[&str], &[&str]); 3] = [(&[], &[]), (&["txt"], &[]), (&[], &["js"])];
        let elsewhere = tempfile::tempdir().unwrap();
        let rules = elsewhere.path().join("rules");
        std::fs::write(&rules, "a.log\n!.c\nd.log/\n").unwrap();
        let others: [(&[&str], &[_]); 3] =
            [(&[], &[]), (&["!A.TXT"], &[]), (&[], std::slice::from_ref(&rules))];
        for globs in globs {
            for ((wanted, unwanted), (in_any_case, ignore_files)) in
                types.into_iter().flat_map(|it| others.map(|other| (it, other)))
            {
                for (hidden, most) in [(false, None), (true, None), (true, Some(5))] {
                    let mut selection =
                        Selection { hidden, no_ignore: true, ..Selection::default() };
                    selection.max_file_bytes = most;
                    if !globs.is_empty() {
                        selection.set_globs(globs).unwrap();
                    }
                    selection.set_globs_in_any_case(in_any_case).unwrap();
                    selection.set_ignore_files(ignore_files).unwrap();
                    if !(wanted.is_empty() && unwanted.is_empty()) {
                        let wanted = wanted.iter().map(|name| TypeChoice::Wanted(*name));
                        let unwanted = unwanted.iter().map(|name| TypeChoice::Unwanted(*name));
                        selection.set_types(wanted.chain(unwanted)).unwrap();
                    }
                    let mut walked: Vec<String> = selection
                        .sources(&inputs, &Files)
                        .map(|found| found.unwrap().path().unwrap().to_owned())
                        .map(|path| path.strip_prefix(place.path()).unwrap().to_owned())
                        .map(|path| path.to_str().unwrap().to_owned())
                        .collect();
                    let size = |name: &str| Some(if name == "long.txt" { 10 } else { 4 });
                    let is_read =
                        |name: &&&str| selection.leaves_out(name.as_bytes(), size(name)).is_none();
                    let mut read: Vec<&str> = names.iter().filter(is_read).copied().collect();
                    walked.sort();
                    read.sort_unstable();
                    assert_eq!(read, walked, "{selection:?}");
                }
            }
        }
    }
}
