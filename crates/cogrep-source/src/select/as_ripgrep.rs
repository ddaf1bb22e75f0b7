//! Random trees, in which ripgrep selects the same files.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cogrep_testing::{is_thorough, skip};

use super::{Selection, TypeChoice};
use crate::backend::Files;
use crate::input::Input;

/// Numbers that look random, and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}

const NAMES: [&str; 14] = [
    "a", "b", "sub", "src", "build", "a.txt", "b.rs", "c.py", "d.log", ".hidden", ".git", "x y",
    "[z]", "main.rs",
];
const RULES: [&str; 26] = [
    "a",
    "b/",
    "/sub",
    "sub/a.txt",
    "*.txt",
    "*.rs",
    "!*.rs",
    "!a",
    "**/b",
    "src/**",
    "**/src/*.py",
    "build/",
    "/a.txt",
    "# nothing",
    "",
    "\\!a",
    "[ab]",
    "[!a]*",
    "?",
    "*",
    "!/sub/",
    "x\\ y",
    "d.log ",
    ".*",
    "!.hidden",
    "a{b,c}",
];
const GLOBS: [&str; 16] = [
    "*.txt",
    "!*.txt",
    "sub/*.txt",
    "!/sub",
    "/b.rs",
    "!a",
    "**/a.txt",
    "src/**",
    "!sub/",
    "*.{rs,py}",
    "!build",
    "/sub/**",
    "a",
    ".hidden",
    "!.git",
    "[ab]",
];
const IGNORE_FILES: [&str; 3] = [".gitignore", ".ignore", ".rgignore"];
const TYPES: [&str; 4] = ["rust", "py", "txt", "log"];

/// Fills a folder, down to this depth.
fn fill(folder: &Path, depth: usize, random: &mut Random) {
    for _ in 0..random.below(6) {
        let path = folder.join(random.of(&NAMES));
        if path.exists() || path.is_symlink() {
            continue;
        }
        if random.is(12) {
            let target = random.of(&["a.txt", "sub", "..", "gone"]);
            std::os::unix::fs::symlink(target, path).unwrap();
        } else if depth > 0 && random.is(2) {
            fs::create_dir(&path).unwrap();
            fill(&path, depth - 1, random);
        } else {
            fs::write(path, vec![b'a'; random.below(40)]).unwrap();
        }
    }
    if random.is(3) {
        let rules: Vec<&str> = (0..=random.below(4)).map(|_| *random.of(&RULES)).collect();
        let path = folder.join(random.of(&IGNORE_FILES));
        if !path.exists() {
            fs::write(path, rules.join("\n")).unwrap();
        }
    }
}

/// How files are selected, here and there.
fn choose(random: &mut Random, root: &Path) -> (Selection, Vec<String>, Vec<PathBuf>) {
    let (mut selection, mut flags) = (Selection::default(), Vec::new());
    let mut flag = |is_on: &mut bool, one_in: usize, name: &str, random: &mut Random| {
        if random.is(one_in) {
            *is_on = true;
            flags.push(name.to_owned());
        }
    };
    flag(&mut selection.hidden, 3, "--hidden", random);
    flag(&mut selection.no_ignore, 4, "--no-ignore", random);
    flag(&mut selection.no_ignore_vcs, 4, "--no-ignore-vcs", random);
    flag(&mut selection.follow, 4, "--follow", random);
    if random.is(5) {
        let depth = random.below(4);
        selection.max_depth = Some(depth);
        flags.push(format!("--max-depth={depth}"));
    }
    if random.is(5) {
        selection.max_file_bytes = Some(20);
        flags.push("--max-filesize=20".to_owned());
    }
    if random.is(2) {
        let globs: Vec<&str> = (0..=random.below(2)).map(|_| *random.of(&GLOBS)).collect();
        selection.set_globs(&globs).unwrap();
        flags.extend(globs.iter().map(|glob| format!("--glob={glob}")));
    }
    if random.is(4) {
        let globs: Vec<String> =
            (0..=random.below(2)).map(|_| random.of(&GLOBS).to_uppercase()).collect();
        selection.set_globs_in_any_case(&globs).unwrap();
        flags.extend(globs.iter().map(|glob| format!("--iglob={glob}")));
    }
    if random.is(4) {
        let rules: Vec<&str> = (0..=random.below(3)).map(|_| *random.of(&RULES)).collect();
        // Up to version 13, ripgrep takes a slash in such a file from elsewhere.
        let rules = rules.into_iter().filter(|rule| !rule.contains('/')).collect::<Vec<_>>();
        let path = root.with_extension("rules");
        fs::write(&path, rules.join("\n")).unwrap();
        flags.push(format!("--ignore-file={}", path.display()));
        selection.set_ignore_files([path]).unwrap();
    }
    if random.is(4) {
        // Each once: up to version 13, ripgrep has all that are wanted first.
        let start = random.below(TYPES.len());
        let names = TYPES.iter().cycle().skip(start).take(1 + random.below(2));
        let choices: Vec<_> = names
            .map(|name| match random.below(2) {
                0 => TypeChoice::Wanted(*name),
                _ => TypeChoice::Unwanted(*name),
            })
            .collect();
        flags.extend(choices.iter().map(|choice| match choice {
            TypeChoice::Wanted(name) => format!("--type={name}"),
            TypeChoice::Unwanted(name) => format!("--type-not={name}"),
        }));
        if random.is(2) {
            selection.define_types(["txt:b.*", "log:include:py"]).unwrap();
            flags.extend(["--type-add=txt:b.*", "--type-add=log:include:py"].map(str::to_owned));
        }
        selection.set_types(choices).unwrap();
    }
    // The folder that the program runs in is not the tests' to choose.
    let inputs = match random.below(3) {
        0 => vec![root.join("sub"), root.join("a"), root.join("src/../b")],
        _ => vec![root.to_owned()],
    };
    let inputs = inputs.into_iter().filter(|path| path.is_dir()).collect();
    (selection, flags, inputs)
}

/// The files that ripgrep selects, run in the folder that this program is in.
fn by_ripgrep(flags: &[String], inputs: &[PathBuf]) -> Option<Vec<Vec<u8>>> {
    let mut command = Command::new("rg");
    command.args(["--no-config", "--files", "--null", "--no-messages"]).args(flags).args(inputs);
    let output = command.stdin(Stdio::null()).output().ok()?;
    let lines = output.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    Some(sorted(lines.map(<[u8]>::to_vec)))
}

fn sorted(names: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn random_trees_are_walked_as_ripgrep_does() {
    if Command::new("rg").arg("--version").output().is_err() {
        skip("there is no rg");
        return;
    }
    // Each tree starts another program, and waits for it.
    let count = if is_thorough() { 2500 } else { 25 };
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            scope.spawn(move || compare(&mut Random(seed), count));
        }
    });
}

/// Compares so many trees.
fn compare(random: &mut Random, count: usize) {
    for number in 0..count {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("tree");
        fs::create_dir(&root).unwrap();
        fill(&root, 3, random);
        if random.is(2) && !root.join(".git").is_symlink() && !root.join(".git").is_file() {
            fs::create_dir_all(root.join(".git/info")).unwrap();
            if random.is(3) {
                fs::write(root.join(".git/info/exclude"), *random.of(&RULES)).unwrap();
            }
        }
        let (selection, flags, inputs) = choose(random, &root);
        if inputs.is_empty() {
            continue;
        }
        let Some(expected) = by_ripgrep(&flags, &inputs) else { return skip("rg does not run") };
        let given: Vec<Input> = inputs.iter().cloned().map(Input::Path).collect();
        let names = |found: Vec<super::Selected>| {
            let found = found.into_iter().flatten();
            sorted(found.map(|name| name.path().unwrap().as_os_str().as_bytes().to_vec()))
        };
        let found = names(selection.sources(&given, &Files).collect());
        let text = |names: &[Vec<u8>]| {
            names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(text(&found), text(&expected), "tree {number}: {flags:?} {inputs:?}");
        let parallel = std::sync::Mutex::new(Vec::new());
        for input in &given {
            selection.walk_parallel(input, &Files, 2, &|some| {
                parallel.lock().unwrap().extend(some);
                true
            });
        }
        let parallel = names(parallel.into_inner().unwrap());
        assert_eq!(text(&parallel), text(&expected), "tree {number}: {flags:?} in parallel");
    }
}
