//! The structure of the sources: no circle of imports between the files of a crate, and no
//! file that is too long to be read at once.
//!
//! A file imports another if a path in it, in a `use` or anywhere else, leads to an item of
//! the other; a path through a re-export leads to where the item is. A parent and its
//! descendants may import each other: the parent declares them. Tests are not looked at, nor
//! are paths in macros.
//!
//! What this module refuses to do: resolve names as the compiler does. It knows modules and
//! re-exports by name, not globs, traits or shadowing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

use crate::Result;

/// A file of this many lines is still read at once.
const MOST_LINES: usize = 600;

/// A module, by its path from the root of its crate.
type Module = Vec<String>;

/// Holds all crates to the rules.
///
/// # Errors
///
/// If a file is too long, or imports go in a circle; the error names them.
pub(crate) fn check() -> Result {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut complaints = Vec::new();
    let mut files = 0;
    for entry in fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        let sources = rust_files(&folder)?;
        files += sources.len();
        for source in &sources {
            let lines = fs::read_to_string(source)?.lines().count();
            if lines > MOST_LINES {
                let name = source.strip_prefix(&root).unwrap_or(source);
                complaints.push(format!("{}: {lines} lines", name.display()));
            }
        }
        let krate = Crate::read(&folder.join("src"))?;
        for circle in krate.circles() {
            let names: Vec<_> = circle.iter().map(|module| module.join("::")).collect();
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            complaints.push(format!("{name}: imports in a circle: {}", names.join(", ")));
        }
    }
    if complaints.is_empty() {
        return Ok(format!("{files} files without a circle of imports, none too long\n"));
    }
    complaints.sort();
    Err(complaints.join("\n").into())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            // A crate of another language's build may have its own build folder in it.
            if path.file_name().is_none_or(|name| name != "target") {
                found.extend(rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

/// The files of a crate, and the paths in them.
#[derive(Default)]
struct Crate {
    /// The paths in each file, from the root of the crate.
    paths: BTreeMap<Module, BTreeSet<Vec<String>>>,
    /// Where the names that a file re-exports come from.
    exports: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

impl Crate {
    fn read(sources: &Path) -> Result<Self> {
        let mut krate = Self::default();
        for file in rust_files(sources)? {
            let relative = file.strip_prefix(sources)?.with_extension("");
            let mut module: Module = relative
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            if matches!(module.last().map(String::as_str), Some("lib" | "main" | "mod")) {
                module.pop();
            }
            // Tests import what they test.
            if module.last().is_some_and(|name| name == "tests") {
                continue;
            }
            krate.add(module, &fs::read_to_string(&file)?)?;
        }
        Ok(krate)
    }

    fn add(&mut self, module: Module, source: &str) -> Result<()> {
        let parsed = syn::parse_file(source)?;
        let mut paths = Paths { module: &module, found: BTreeSet::new(), exports: BTreeMap::new() };
        paths.visit_file(&parsed);
        let Paths { found, exports, .. } = paths;
        self.paths.entry(module.clone()).or_default().extend(found);
        self.exports.entry(module).or_default().extend(exports);
        Ok(())
    }

    /// The file that a path leads to, if it leads to one of the crate.
    fn file_of(&self, path: &[String]) -> Option<Module> {
        let mut path = path.to_vec();
        // As many re-exports as a path may lead through.
        for _ in 0..8 {
            let file = (0..=path.len()).rev().find(|len| self.paths.contains_key(&path[..*len]))?;
            let (module, rest) = path.split_at(file);
            let exported = self.exports.get(module).zip(rest.first());
            match exported.and_then(|(exports, name)| exports.get(name)) {
                Some(origin) => path = [origin, &rest[1..]].concat(),
                None => return (file > 0 || !rest.is_empty()).then(|| module.to_vec()),
            }
        }
        None
    }

    /// The files that each file imports, but for its ancestors and descendants.
    fn imports(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let is_kin =
            |one: &Module, other: &Module| one.starts_with(other) || other.starts_with(one);
        let files = |(module, paths): (&'_ _, &BTreeSet<Vec<String>>)| {
            let module: &Module = module;
            let imported = paths.iter().filter_map(|path| self.file_of(path));
            imported.filter(|other| !is_kin(module, other)).collect()
        };
        self.paths.iter().map(|entry| (entry.0, files(entry))).collect()
    }

    /// The files that import each other, directly or through others.
    fn circles(&self) -> Vec<Vec<Module>> {
        let imports = self.imports();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            imports.keys().map(|module| (*module, reached(module, &imports))).collect();
        let mut circles = BTreeSet::new();
        for (module, from_here) in &reached {
            let back = from_here.iter().filter(|other| reached[**other].contains(*module));
            let circle: Vec<Module> = back.map(|other| (*other).clone()).collect();
            if !circle.is_empty() {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }
}

/// The files that a file leads to, itself only if it does.
fn reached<'a>(
    from: &Module,
    imports: &'a BTreeMap<&Module, BTreeSet<Module>>,
) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for other in imports.get(module).into_iter().flatten() {
            if found.insert(other) {
                next.push(other);
            }
        }
    }
    found
}

/// Collects the paths of a file.
struct Paths<'a> {
    module: &'a [String],
    found: BTreeSet<Vec<String>>,
    exports: BTreeMap<String, Vec<String>>,
}

impl Paths<'_> {
    /// A path from the root of the crate; none if it leads out of it, or begins with a name
    /// that may be anything.
    fn resolve(&self, path: &[String], is_use: bool) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([self.module, rest].concat()),
            "super" => {
                let mut module = self.module.to_vec();
                module.pop()?;
                let more = rest.iter().take_while(|part| *part == "super").count();
                module.truncate(module.len().checked_sub(more)?);
                Some([&module[..], &rest[more..]].concat())
            }
            // A child, or a crate: one that is no child leads nowhere.
            _ if is_use => Some([self.module, path].concat()),
            _ => None,
        }
    }

    fn import(&mut self, tree: &UseTree, before: &[String], is_export: bool) {
        let mut enter = |name: &syn::Ident, alias: &syn::Ident| {
            let path = [before, &[name.to_string()]].concat();
            let path = if name == "self" { before.to_vec() } else { path };
            if let Some(path) = self.resolve(&path, true) {
                if is_export {
                    self.exports.insert(alias.to_string(), path.clone());
                }
                self.found.insert(path);
            }
        };
        match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                self.import(&path.tree, &before, is_export);
            }
            UseTree::Name(name) => enter(&name.ident, &name.ident),
            UseTree::Rename(name) => enter(&name.ident, &name.rename),
            UseTree::Glob(_) => {
                let path = self.resolve(before, true);
                self.found.extend(path);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, before, is_export));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(ItemMod { attrs, .. }) | Item::Use(ItemUse { attrs, .. }) => attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_export = !matches!(item.vis, syn::Visibility::Inherited);
        self.import(&item.tree, &[], is_export);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        self.found.extend(self.resolve(&parts, false));
        syn::visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let mut krate = Crate::default();
        for (module, source) in files {
            let module = module.split("::").filter(|name| !name.is_empty());
            krate.add(module.map(str::to_owned).collect(), source).unwrap();
        }
        let names = |circle: Vec<Module>| {
            circle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" ")
        };
        krate.circles().into_iter().map(names).collect()
    }

    #[test]
    fn files_that_import_each_other_are_found() {
        assert_eq!(
            circles(&[("", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "")]),
            [""; 0]
        );
        let two = [("", ""), ("a", "use crate::b::B;"), ("b", "fn f(_: super::a::A) {}")];
        assert_eq!(circles(&two), ["a b"]);
        let three =
            [("a", "use crate::{b, c};"), ("b", "use crate::c;"), ("c", "use crate::a::X;")];
        assert_eq!(circles(&three), ["a b c"]);
    }

    #[test]
    fn a_re_export_leads_to_where_the_item_is() {
        let files = [
            ("", ""),
            ("a", "pub use inner::X; mod inner;"),
            ("a::inner", "use crate::b::B;"),
            ("b", "use crate::a::X;"),
        ];
        assert_eq!(circles(&files), ["a::inner b"]);
    }

    #[test]
    fn parents_children_and_tests_do_not_count() {
        let files = [
            ("", "mod a; use a::A;"),
            ("a", "mod c; use c::C; use crate::X;"),
            ("a::c", "use super::A; #[cfg(test)] mod tests { use crate::b::B; }"),
            ("b", "use crate::a::c::C;"),
        ];
        assert_eq!(circles(&files), [""; 0]);
    }
}
