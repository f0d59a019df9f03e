//! Answers of the authorised body: application, benefit, yes or no.

use kezek_rules::State;
use kezek_rules::benefit::{Benefit, Class, Standing};
use kezek_rules::ids::{ApplicationId, SettlementId};

use super::table_file;
use crate::ctx::Ctx;
use crate::language::Language;
use crate::texts::{Texts, text_id};

/// What the body answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// How many claims it confirmed.
    pub yes: usize,
    /// Claims it did not confirm.
    pub no: Vec<(ApplicationId, Benefit)>,
    /// Lines without an answer.
    pub open: usize,
}

impl Answered {
    /// The negative answers as a line each, to be sent again with the form that carries them out.
    pub fn as_text(&self) -> String {
        let line = |(id, benefit): &(ApplicationId, Benefit)| format!("{} {}", id.number(), benefit.code());
        self.no.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// What [`Answered::as_text`] wrote; none when it was written otherwise.
pub fn again(state: &State, here: SettlementId, text: &str) -> Option<Answered> {
    let line = |line: &str| {
        let (number, benefit) = line.trim().split_once(' ')?;
        let id = ApplicationId::from_number(number.parse().ok()?)?;
        state.application(id).filter(|one| one.settlement == here)?;
        Some((id, Benefit::ALL.into_iter().find(|one| one.code() == benefit)?))
    };
    let no = text.lines().map(line).collect::<Option<Vec<_>>>()?;
    Some(Answered { no, ..Answered::default() })
}

/// Where the columns stand.
struct Columns {
    number: usize,
    benefit: Option<usize>,
    answer: usize,
}

/// Reads a file with answers, or tells every line that cannot be taken.
pub fn read(ctx: &Ctx, state: &State, here: SettlementId, bytes: &[u8]) -> Result<Answered, Vec<String>> {
    let Some((heading, lines)) = table_file::read(bytes) else {
        return Err(vec![ctx.t("monthly-not-text")]);
    };
    let Some(columns) = columns(&heading) else {
        return Err(vec![ctx.t("monthly-columns-wrong")]);
    };
    let (mut answered, mut problems) = (Answered::default(), Vec::new());
    for (number, record) in &lines {
        match line(state, here, &columns, record) {
            Ok((_, Answer::Open)) => answered.open += 1,
            Ok((claims, Answer::Yes)) => answered.yes += claims.len(),
            Ok((claims, Answer::No)) => {
                let new = claims.into_iter().filter(|claim| !answered.no.contains(claim));
                answered.no.extend(new.collect::<Vec<_>>());
            }
            Err(wrong) => {
                let what = ctx.t(wrong);
                problems.push(
                    ctx.t_with("monthly-line", &[("line", number.to_string().into()), ("what", what.into())]),
                );
            }
        }
    }
    if lines.is_empty() {
        problems.push(ctx.t("monthly-empty"));
    }
    if problems.is_empty() { Ok(answered) } else { Err(problems) }
}

/// The columns by their headings in any of the languages.
fn columns(heading: &[String]) -> Option<Columns> {
    let find = |id: &str| {
        let names = Language::ALL.map(|language| Texts::of(language).t(id).to_lowercase());
        heading.iter().position(|cell| names.contains(cell))
    };
    Some(Columns {
        number: find(text_id("monthly-column-number"))?,
        benefit: find(text_id("monthly-column-benefit")),
        answer: find(text_id("monthly-column-answer"))?,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Open,
}

fn answer(text: &str) -> Option<Answer> {
    match text.to_lowercase().as_str() {
        "" => Some(Answer::Open),
        "yes" | "да" | "иә" | "ия" => Some(Answer::Yes),
        "no" | "нет" | "жоқ" => Some(Answer::No),
        _ => None,
    }
}

type Claims = Vec<(ApplicationId, Benefit)>;

/// The claims a line speaks of and the answer, or the id of the text that says what is wrong.
fn line(
    state: &State,
    here: SettlementId,
    columns: &Columns,
    record: &csv::StringRecord,
) -> Result<(Claims, Answer), &'static str> {
    let cell = |at: usize| record.get(at).unwrap_or_default();
    let number = cell(columns.number).trim_start_matches('№').trim();
    let id = number.parse().ok().and_then(ApplicationId::from_number);
    let known = id.and_then(|id| Some((id, state.application(id)?)));
    let known = known.filter(|(_, one)| one.settlement == here);
    let (id, one) = known.ok_or(text_id("monthly-wrong-number"))?;
    let answer = answer(cell(columns.answer)).ok_or(text_id("monthly-wrong-answer"))?;
    let mut claims: Claims = one
        .claims
        .iter()
        .filter(|claim| claim.benefit.class() == Class::Extraordinary)
        .filter(|claim| matches!(claim.standing, Standing::Pending(_) | Standing::Confirmed))
        .map(|claim| (id, claim.benefit))
        .collect();
    let named = columns.benefit.map(cell).filter(|name| !name.is_empty());
    if let Some(name) = named {
        let benefit = benefit(name).ok_or(text_id("monthly-wrong-benefit"))?;
        claims.retain(|(_, one)| *one == benefit);
    }
    match claims.len() {
        // What was decided meanwhile needs no answer any more.
        0 if answer == Answer::Yes || answer == Answer::Open => Ok((claims, Answer::Open)),
        0 => Err(text_id("monthly-no-claim")),
        1 => Ok((claims, answer)),
        _ => Err(text_id("monthly-which-benefit")),
    }
}

/// A benefit by its code or by its official name in any of the languages.
fn benefit(name: &str) -> Option<Benefit> {
    let name = name.to_lowercase();
    Benefit::ALL.into_iter().find(|one| {
        let id = format!("benefit-{}", one.code().replace('_', "-"));
        one.code() == name
            || Language::ALL.iter().any(|language| Texts::of(*language).t(&id).to_lowercase() == name)
    })
}
