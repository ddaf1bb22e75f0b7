//! Puts all mutants that `cargo mutants --list --json` names into the sources at once,
//! each behind a switch: `crate::mutant::on(N)` says whether mutant N is the one that runs.
//!
//! The number of a mutant is its index in the list. `xtask/mutants/run.py` builds and
//! runs what comes of it; `xtask/mutants/switch.rs` is the switch.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::LineColumn;
use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, UnOp};

use crate::Result;

/// Changes the files below `root`, and names the numbers of the mutants that are in them,
/// one a line. Mutants that the list has and that cannot be switched are not among them.
///
/// # Errors
///
/// If the list or a source cannot be read, parsed or written.
pub(crate) fn weave(list: &Path, root: &Path, left_out: &[&str]) -> Result {
    let left_out = left_out.iter().map(|number| number.parse());
    let left_out: Vec<usize> = left_out.collect::<std::result::Result<_, _>>()?;
    let mutants: Vec<Mutant> = serde_json::from_slice(&fs::read(list)?)?;
    let mut files = BTreeMap::<_, Vec<_>>::new();
    for (number, mutant) in mutants.iter().enumerate() {
        if !left_out.contains(&number) {
            files.entry(&mutant.file).or_default().push((number, mutant));
        }
    }
    let mut said = String::new();
    for (file, mutants) in files {
        let path = root.join(file);
        let source = fs::read_to_string(&path)?;
        let parsed = syn::parse_file(&source)?;
        let mut weaver = Weaver::new(source, &mutants);
        weaver.visit_file(&parsed);
        fs::write(&path, weaver.render(0..weaver.source.len()))?;
        for number in &weaver.done {
            writeln!(said, "{number}")?;
        }
    }
    Ok(said)
}

/// An entry of the list.
#[derive(Deserialize)]
struct Mutant {
    file: PathBuf,
    genre: String,
    replacement: String,
    span: Lines,
}

#[derive(Clone, Copy, Deserialize)]
struct Lines {
    start: Place,
    end: Place,
}

/// A place in a file, both numbers counted from 1.
#[derive(Clone, Copy, Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

/// Mutants of the same bytes, with their numbers.
type Found<'m> = Vec<(usize, &'m Mutant)>;

/// Puts mutants into one file.
struct Weaver<'m> {
    source: String,
    /// Where each line starts.
    lines: Vec<usize>,
    /// The bytes that each mutant replaces, its number, and the mutant.
    mutants: Vec<(Range<usize>, usize, &'m Mutant)>,
    /// New text for ranges of bytes, inner ranges before the outer ones.
    edits: Vec<(Range<usize>, String)>,
    done: Vec<usize>,
}

impl<'m> Weaver<'m> {
    fn new(source: String, mutants: &[(usize, &'m Mutant)]) -> Self {
        let starts = source.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        let mut weaver =
            Self { source, lines, mutants: Vec::new(), edits: Vec::new(), done: Vec::new() };
        for (number, mutant) in mutants {
            let [start, end] = [mutant.span.start, mutant.span.end]
                .map(|place| weaver.offset(place.line, place.column - 1));
            weaver.mutants.push((start..end, *number, mutant));
        }
        weaver
    }

    /// The byte at this line, counted from 1, and column, counted in characters from 0.
    fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines[line - 1];
        let rest = &self.source[start..];
        start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    fn range(&self, of: &impl Spanned) -> Range<usize> {
        let span = of.span();
        let offset = |place: LineColumn| self.offset(place.line, place.column);
        offset(span.start())..offset(span.end())
    }

    fn find(&self, genre: &str, is_it: impl Fn(&Range<usize>) -> bool) -> Found<'m> {
        let found =
            self.mutants.iter().filter(|(range, _, mutant)| mutant.genre == genre && is_it(range));
        found.map(|(_, number, mutant)| (*number, *mutant)).collect()
    }

    /// The text of these bytes, with the edits in it.
    fn render(&self, range: Range<usize>) -> String {
        let mut edits: Vec<_> = self
            .edits
            .iter()
            .filter(|(edit, _)| range.start <= edit.start && edit.end <= range.end)
            .collect();
        // Of the edits that begin at a byte, the outermost comes first.
        edits.sort_by_key(|(edit, _)| (edit.start, Reverse(edit.end)));
        let (mut text, mut from) = (String::new(), range.start);
        for (edit, new) in edits {
            if edit.start < from {
                continue;
            }
            text.push_str(&self.source[from..edit.start]);
            text.push_str(new);
            from = edit.end;
        }
        text + &self.source[from..range.end]
    }

    /// Replaces these bytes, and the edits in them, with this text.
    fn put(&mut self, range: Range<usize>, text: String, found: &[(usize, &Mutant)]) {
        self.edits.retain(|(edit, _)| !(range.start <= edit.start && edit.end <= range.end));
        self.edits.push((range, text));
        self.done.extend(found.iter().map(|(number, _)| *number));
    }

    /// Mutants of a function that return another value at once.
    fn body(&mut self, block: &syn::Block) {
        let range = self.range(block);
        let inner = range.start + 1..range.end - 1;
        let found = self.find("FnValue", |at| {
            inner.start <= at.start
                && at.end <= inner.end
                && block.stmts.first().is_some_and(|first| self.range(first).start == at.start)
                && block.stmts.last().is_some_and(|last| self.range(last).end == at.end)
        });
        if found.is_empty() {
            return;
        }
        let returns = found.iter().map(|(number, mutant)| {
            format!(" if crate::mutant::on({number}) {{ return {}; }}", mutant.replacement)
        });
        let text = returns.collect::<String>() + &self.render(inner.clone());
        self.put(inner, text, &found);
    }
}

/// An expression that chooses among mutants by their switches: `form` makes one of the
/// text of an operator.
fn choose(found: &[(usize, &Mutant)], original: &str, form: impl Fn(&str) -> String) -> String {
    let branches = found.iter().map(|(number, mutant)| {
        format!("if crate::mutant::on({number}) {{ {} }} else ", form(&mutant.replacement))
    });
    branches.collect::<String>() + &format!("{{ {} }}", form(original))
}

/// Whether it is a condition with a pattern, which is no expression of its own.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            has_let(&binary.left) || has_let(&binary.right)
        }
        _ => false,
    }
}

/// How the operands of an operator are evaluated.
enum Evaluation {
    /// The right one only if the left one does not decide.
    Lazy,
    /// Both, by reference.
    Comparison,
    /// The right one, before the left one is changed.
    Assignment,
    /// Both, by value.
    Arithmetic,
}

fn evaluation(op: &BinOp) -> Evaluation {
    use BinOp::{
        AddAssign, And, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, Eq, Ge, Gt, Le, Lt,
        MulAssign, Ne, Or, RemAssign, ShlAssign, ShrAssign, SubAssign,
    };
    match op {
        And(_) | Or(_) => Evaluation::Lazy,
        Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => Evaluation::Comparison,
        AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_)
        | BitXorAssign(_) | BitAndAssign(_) | BitOrAssign(_) | ShlAssign(_) | ShrAssign(_) => {
            Evaluation::Assignment
        }
        _ => Evaluation::Arithmetic,
    }
}

impl<'ast> Visit<'ast> for Weaver<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        visit::visit_item_fn(self, item);
        self.body(&item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        visit::visit_impl_item_fn(self, item);
        self.body(&item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        visit::visit_trait_item_fn(self, item);
        if let Some(block) = &item.default {
            self.body(block);
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        visit::visit_expr_binary(self, binary);
        let op = self.range(&binary.op);
        let found = self.find("BinaryOperator", |at| *at == op);
        let Some(&(number, _)) = found.first() else { return };
        let left = self.render(self.range(&binary.left));
        let right = self.render(self.range(&binary.right));
        let op = &self.source[op];
        let text = match evaluation(&binary.op) {
            Evaluation::Lazy => {
                if has_let(&binary.left) || has_let(&binary.right) || found.len() > 1 {
                    return;
                }
                let is = if op == "&&" { "!=" } else { "==" };
                format!(
                    "(match ({left}) {{ l => if l {is} crate::mutant::on({number}) {{ {right} }} else {{ l }} }})"
                )
            }
            Evaluation::Comparison => {
                let choice = choose(&found, op, |op| format!("*l {op} *r"));
                format!("(match (&({left}), &({right})) {{ (l, r) => {choice} }})")
            }
            Evaluation::Assignment => {
                let choice = choose(&found, op, |op| format!("{left} {op} r"));
                format!("(match {right} {{ r => {choice} }})")
            }
            Evaluation::Arithmetic => {
                let choice = choose(&found, op, |op| format!("l {op} r"));
                format!("(match ({left}, {right}) {{ (l, r) => {choice} }})")
            }
        };
        self.put(self.range(binary), text, &found);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        visit::visit_expr_unary(self, unary);
        let whole = self.range(unary);
        let op = self.range(&unary.op);
        let found = self.find("UnaryOperator", |at| at.start == whole.start);
        let [(number, _)] = found[..] else { return };
        if !matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) {
            return;
        }
        let operand = self.render(self.range(&unary.expr));
        let op = &self.source[op];
        let text = format!(
            "(match ({operand}) {{ v => if crate::mutant::on({number}) {{ v }} else {{ {op}v }} }})"
        );
        self.put(whole, text, &found);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        visit::visit_arm(self, arm);
        let whole = self.range(arm);
        let deleted = self.find("MatchArm", |at| at.start == whole.start);
        let guard = arm.guard.as_ref().map(|(_, guard)| self.range(guard));
        let guards = self.find("MatchArmGuard", |at| guard.as_ref() == Some(at));
        if deleted.is_empty() && guards.is_empty() {
            return;
        }
        let mut text = "true".to_owned();
        if let Some(guard) = &guard {
            text = format!("({})", self.render(guard.clone()));
            for (number, mutant) in &guards {
                text = match &*mutant.replacement {
                    "true" => format!("(crate::mutant::on({number}) || {text})"),
                    _ => format!("(!crate::mutant::on({number}) && {text})"),
                };
            }
        }
        for (number, _) in &deleted {
            text = format!("(!crate::mutant::on({number}) && {text})");
        }
        let found = [deleted, guards].concat();
        if let Some(guard) = guard {
            self.put(guard, text, &found);
        } else {
            let end = self.range(&arm.pat).end;
            self.put(end..end, format!(" if {text}"), &found);
        }
    }

    fn visit_expr_struct(&mut self, expr: &'ast syn::ExprStruct) {
        visit::visit_expr_struct(self, expr);
        let Some(rest) = &expr.rest else { return };
        for field in &expr.fields {
            let range = self.range(field);
            let found = self.find("StructField", |at| at.start == range.start);
            let [(number, _)] = found[..] else { continue };
            let syn::Member::Named(name) = &field.member else { continue };
            let rest = self.source[self.range(rest)].to_owned();
            let value = self.render(self.range(&field.expr));
            let text = format!(
                "{name}: if crate::mutant::on({number}) {{ ({rest}).{name} }} else {{ {value} }}"
            );
            self.put(range, text, &found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source with this one mutant, which replaces the first `old`.
    fn woven(source: &str, genre: &str, old: &str, replacement: &str) -> String {
        let at = source.find(old).unwrap();
        let place = |at: usize| {
            let line = source[..at].matches('\n').count();
            let column = at - source[..at].rfind('\n').map_or(0, |start| start + 1);
            format!(r#"{{"line":{},"column":{}}}"#, line + 1, column + 1)
        };
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("mutants.json");
        let span = format!(r#"{{"start":{},"end":{}}}"#, place(at), place(at + old.len()));
        let mutant = format!(
            r#"[{{"file":"lib.rs","genre":"{genre}","replacement":"{replacement}","span":{span}}}]"#
        );
        fs::write(&list, mutant).unwrap();
        fs::write(folder.path().join("lib.rs"), source).unwrap();
        assert_eq!(weave(&list, folder.path(), &[]).unwrap(), "0\n");
        fs::read_to_string(folder.path().join("lib.rs")).unwrap()
    }

    #[test]
    fn an_operator_is_chosen_by_its_switch() {
        assert_eq!(
            woven("fn f(a: u8) -> bool { a < 1 }", "BinaryOperator", "<", "<="),
            "fn f(a: u8) -> bool { (match (&(a), &(1)) { (l, r) => \
             if crate::mutant::on(0) { *l <= *r } else { *l < *r } }) }"
        );
    }

    #[test]
    fn a_body_returns_the_other_value_at_once() {
        assert_eq!(
            woven("fn f() -> u8 { 1 }", "FnValue", "1", "0"),
            "fn f() -> u8 { if crate::mutant::on(0) { return 0; } 1 }"
        );
    }

    #[test]
    fn a_deleted_arm_gets_a_guard() {
        let source = "fn f(a: u8) -> u8 { match a { 1 => 2, _ => 3 } }";
        assert_eq!(
            woven(source, "MatchArm", "1 => 2,", ""),
            "fn f(a: u8) -> u8 { match a { 1 if (!crate::mutant::on(0) && true) => 2, _ => 3 } }"
        );
    }
}
