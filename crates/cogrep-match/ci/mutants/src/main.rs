//! Puts all mutants that `cargo mutants --list --json` names into the sources at once,
//! each behind a switch: `crate::mutant::on(N)` says whether it is mutant N that runs.
//!
//! usage: all-mutants MUTANTS.json ROOT [NUMBER_TO_LEAVE_OUT...]
//!
//! The number of a mutant is its place in the list. The files below ROOT are changed;
//! the numbers of those that were put in are printed, one a line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use proc_macro2::LineColumn;
use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, UnOp};

#[derive(Deserialize)]
struct Mutant {
    file: PathBuf,
    genre: String,
    replacement: String,
    span: Lines,
    name: String,
}

#[derive(Clone, Copy, Deserialize)]
struct Lines {
    start: Place,
    end: Place,
}

/// Counted from 1.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    line: usize,
    column: usize,
}

/// Puts mutants into one file.
struct Weaver<'m> {
    source: String,
    /// Where each line starts.
    lines: Vec<usize>,
    /// By the bytes that they change, with their numbers.
    mutants: Vec<(Range<usize>, usize, &'m Mutant)>,
    /// What stands in the place of these bytes, innermost first.
    edits: Vec<(Range<usize>, String)>,
    done: Vec<usize>,
}

impl<'m> Weaver<'m> {
    fn new(source: String, mutants: impl Iterator<Item = (usize, &'m Mutant)>) -> Self {
        let starts = source.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        let mut new =
            Self { source, lines, mutants: Vec::new(), edits: Vec::new(), done: Vec::new() };
        new.mutants = mutants
            .map(|(number, mutant)| {
                let at = |place: Place| new.at(place.line, place.column - 1);
                (at(mutant.span.start)..at(mutant.span.end), number, mutant)
            })
            .collect();
        new
    }

    fn at(&self, line: usize, column: usize) -> usize {
        let start = self.lines[line - 1];
        let rest = &self.source[start..];
        start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    fn range(&self, of: &impl Spanned) -> Range<usize> {
        let span = of.span();
        let at = |place: LineColumn| self.at(place.line, place.column);
        at(span.start())..at(span.end())
    }

    fn find(&self, genre: &str, is_it: impl Fn(&Range<usize>) -> bool) -> Vec<(usize, &'m Mutant)> {
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
        // The outermost and last of those that begin at a place.
        edits.sort_by_key(|(edit, _)| (edit.start, std::cmp::Reverse(edit.end)));
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

    /// Puts text in the place of these bytes, and of the edits in them.
    fn put(&mut self, range: Range<usize>, text: String, numbers: &[(usize, &Mutant)]) {
        self.edits.retain(|(edit, _)| !(range.start <= edit.start && edit.end <= range.end));
        self.edits.push((range, text));
        self.done.extend(numbers.iter().map(|(number, _)| *number));
    }

    /// Mutants that return something else at once.
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
        let mut text = String::new();
        for (number, mutant) in &found {
            let value = &mutant.replacement;
            text += &format!(" if crate::mutant::on({number}) {{ return {value}; }}");
        }
        text += &self.render(inner.clone());
        self.put(inner, text, &found);
    }
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
        if found.is_empty() {
            return;
        }
        let whole = self.range(binary);
        let left = self.render(self.range(&binary.left));
        let right = self.render(self.range(&binary.right));
        let op = &self.source[op];
        let choose = |form: &dyn Fn(&str) -> String| {
            let mut text = String::new();
            for (number, mutant) in &found {
                let new = form(&mutant.replacement);
                text += &format!("if crate::mutant::on({number}) {{ {new} }} else ");
            }
            text + &format!("{{ {} }}", form(op))
        };
        let text = match binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                if has_let(&binary.left) || has_let(&binary.right) || found.len() > 1 {
                    return;
                }
                let is = if op == "&&" { "!=" } else { "==" };
                let number = found[0].0;
                format!(
                    "(match ({left}) {{ l => if l {is} crate::mutant::on({number}) {{ {right} }} else {{ l }} }})"
                )
            }
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => {
                let choice = choose(&|op| format!("*l {op} *r"));
                format!("(match (&({left}), &({right})) {{ (l, r) => {choice} }})")
            }
            BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_) => {
                let choice = choose(&|op| format!("{left} {op} r"));
                format!("(match {right} {{ r => {choice} }})")
            }
            _ => {
                let choice = choose(&|op| format!("l {op} r"));
                format!("(match ({left}, {right}) {{ (l, r) => {choice} }})")
            }
        };
        self.put(whole, text, &found);
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
        match guard {
            Some(guard) => self.put(guard, text, &found),
            None => {
                let end = self.range(&arm.pat).end;
                self.put(end..end, format!(" if {text}"), &found);
            }
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

fn main() {
    let mut arguments = std::env::args().skip(1);
    let list = arguments.next().expect("a list of mutants");
    let root = PathBuf::from(arguments.next().expect("where the sources are"));
    let left_out: Vec<usize> = arguments.map(|number| number.parse().expect("a number")).collect();
    let list = std::fs::read(list).expect("the list can be read");
    let mutants: Vec<Mutant> = serde_json::from_slice(&list).expect("a list of mutants");
    let mut files = BTreeMap::<_, Vec<_>>::new();
    for (number, mutant) in mutants.iter().enumerate() {
        if !left_out.contains(&number) {
            files.entry(mutant.file.clone()).or_default().push((number, mutant));
        }
    }
    for (file, mutants) in files {
        let path = root.join(file);
        let source = std::fs::read_to_string(&path).expect("a source");
        let parsed = syn::parse_file(&source).expect("Rust");
        let mut weaver = Weaver::new(source, mutants.iter().copied());
        weaver.visit_file(&parsed);
        let whole = weaver.render(0..weaver.source.len());
        std::fs::write(&path, whole).expect("the source can be written");
        for number in &weaver.done {
            println!("{number}");
        }
        for (number, mutant) in mutants.iter().filter(|(number, _)| !weaver.done.contains(number)) {
            eprintln!("not put in: {number} {}", mutant.name);
        }
    }
}
