//! The check of the texts that the build runs: the same ids and variables in every language, every id that a
//! page uses exists, and a page hands over exactly the variables that the text wants.
//!
//! Shared by `build.rs` and the tests; it is no part of the running portal.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The variables that each message of a language wants.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// Every problem found, as a sentence each; empty when all is well.
///
/// `languages`: name and files (path, content) of each language. `sources`: templates and Rust files.
pub fn check(languages: &[(String, Vec<(String, String)>)], sources: &[(String, String)]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut tables: Vec<(&str, Messages)> = Vec::new();
    for (language, files) in languages {
        let mut messages = Messages::new();
        for (path, text) in files {
            read_file(path, text, &mut messages, &mut problems);
        }
        tables.push((language, messages));
    }
    let union: BTreeSet<&String> = tables.iter().flat_map(|(_, messages)| messages.keys()).collect();
    for id in &union {
        compare(id, &tables, &mut problems);
    }
    if let Some((_, messages)) = tables.first() {
        for (path, text) in sources {
            for used in uses(text) {
                check_use(path, &used, messages, &mut problems);
            }
        }
    }
    problems
}

fn compare(id: &str, tables: &[(&str, Messages)], problems: &mut Vec<String>) {
    let mut first: Option<(&str, &BTreeSet<String>)> = None;
    for (language, messages) in tables {
        match (messages.get(id), first) {
            (None, _) => problems.push(format!("texts/{language}: the text `{id}` is missing")),
            (Some(variables), None) => first = Some((language, variables)),
            (Some(variables), Some((other, expected))) if variables != expected => problems.push(format!(
                "texts/{language}: `{id}` has the variables {variables:?}, in {other} it has {expected:?}"
            )),
            _ => {}
        }
    }
}

fn check_use(path: &str, used: &Use, messages: &Messages, problems: &mut Vec<String>) {
    let Some(wanted) = messages.get(&used.id) else {
        problems.push(format!("{path}: the text `{}` does not exist", used.id));
        return;
    };
    if let Some(given) = &used.variables
        && given != wanted
    {
        problems.push(format!("{path}: `{}` is given the variables {given:?} but wants {wanted:?}", used.id));
    }
}

fn read_file(path: &str, text: &str, messages: &mut Messages, problems: &mut Vec<String>) {
    let resource = match parser::parse(text) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            problems.extend(errors.iter().map(|error| format!("{path}: {error}")));
            resource
        }
    };
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let mut variables = BTreeSet::new();
                match &message.value {
                    Some(pattern) => {
                        read_pattern(path, message.id.name, pattern, &mut variables, problems);
                    }
                    None => problems.push(format!("{path}: `{}` has no text", message.id.name)),
                }
                if !message.attributes.is_empty() {
                    problems.push(format!("{path}: `{}` has attributes; make them texts", message.id.name));
                }
                if messages.insert(message.id.name.to_string(), variables).is_some() {
                    problems.push(format!("{path}: the text `{}` stands twice", message.id.name));
                }
            }
            Entry::Term(term) => problems.push(format!("{path}: `-{}`: write the words out", term.id.name)),
            Entry::Junk { content } => problems.push(format!("{path}: cannot be read: {}", content.trim())),
            _ => {}
        }
    }
}

fn read_pattern(
    path: &str,
    id: &str,
    pattern: &Pattern<&str>,
    variables: &mut BTreeSet<String>,
    problems: &mut Vec<String>,
) {
    let mut after_variable = false;
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => {
                let glued = value.starts_with(|c: char| c.is_alphabetic() || "-'’".contains(c));
                // 18-тармақ, 3-жол: a word of its own that needs no vowel harmony.
                let is_ordinal = ["-тармақ", "-жол"].iter().any(|word| value.starts_with(word));
                if after_variable && glued && !is_ordinal {
                    problems.push(format!("{path}: `{id}` glues an ending to a variable; rephrase it"));
                }
                after_variable = false;
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                read_inline(path, id, inline, variables, problems);
                after_variable = matches!(inline, InlineExpression::VariableReference { .. });
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                read_inline(path, id, selector, variables, problems);
                for variant in variants {
                    read_pattern(path, id, &variant.value, variables, problems);
                }
                after_variable = false;
            }
        }
    }
}

fn read_inline(
    path: &str,
    id: &str,
    inline: &InlineExpression<&str>,
    variables: &mut BTreeSet<String>,
    problems: &mut Vec<String>,
) {
    match inline {
        InlineExpression::VariableReference { id: variable } => {
            variables.insert(variable.name.to_string());
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        _ => problems.push(format!("{path}: `{id}` refers to another text or function; write the words out")),
    }
}

/// One use of a text in a template or in Rust.
struct Use {
    id: String,
    /// The variables handed over; nothing where they cannot be known here (`text_id`).
    variables: Option<BTreeSet<String>>,
}

/// Finds `t("id")`, `t_with("id", …)` and `text_id("id")`.
fn uses(text: &str) -> Vec<Use> {
    let mut found = Vec::new();
    for (name, kind) in [("t(", Call::Plain), ("t_with(", Call::With), ("text_id(", Call::Id)] {
        for (start, _) in text.match_indices(name) {
            let before = text.get(..start).and_then(|left| left.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let Some(rest) = text.get(start + name.len()..) else { continue };
            let Some((id, rest)) = literal(rest) else { continue };
            let variables = match kind {
                Call::Plain => Some(BTreeSet::new()),
                Call::With => Some(handed_over(rest)),
                Call::Id => None,
            };
            found.push(Use { id: id.to_string(), variables });
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Call {
    Plain,
    With,
    Id,
}

/// The names in `("name", value)` pairs up to the end of the call.
fn handed_over(rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 1_u32;
    let mut in_text = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => in_text = !in_text,
            _ if in_text => {}
            ')' if depth == 1 => break,
            ')' => depth -= 1,
            '(' => {
                depth += 1;
                let pair = rest.get(at + 1..).and_then(literal);
                if let Some((name, after)) = pair
                    && after.trim_start().starts_with(',')
                {
                    names.insert(name.to_string());
                }
            }
            _ => {}
        }
    }
    names
}

/// A text literal at the start, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('"')?.split_once('"')
}
