//! The file format. Unknown keys are refused everywhere.

use super::{action::Action, check::Checks};
use crate::{
    place::{Language, OrganisationKind, Ownership},
    profile::ProfileChange,
    refusal::Refusal,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use kezek_calendar::{DateTime, Zone};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) title: String,
    pub(super) clauses: Vec<String>,
    pub(super) settlement: SettlementHead,
    #[serde(default)]
    pub(super) organisation: Vec<OrganisationHead>,
    #[serde(default)]
    pub(super) step: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettlementHead {
    pub(super) name: String,
    pub(super) timezone: Zone,
    #[serde(default)]
    pub(super) profile: ProfileChange,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationHead {
    pub(super) id: String,
    pub(super) kind: OrganisationKind,
    pub(super) ownership: Ownership,
    #[serde(default)]
    pub(super) languages: Vec<Language>,
    #[serde(default)]
    pub(super) profiles: Vec<String>,
}

/// One step: an action with what is expected of it, or checks.
pub(super) struct Step {
    pub(super) at: DateTime,
    pub(super) verb: String,
    pub(super) action: Option<Action>,
    /// `ok` or a refusal code.
    pub(super) expect: String,
    pub(super) checks: Option<Checks>,
}

impl Step {
    pub(super) fn parse(mut raw: toml::Table) -> Result<Step, String> {
        let at = local_time(&text(&mut raw, "at")?.ok_or("a step needs `at`")?)?;
        let verb = text(&mut raw, "do")?;
        let expect = text(&mut raw, "expect")?;
        let checks = raw.remove("check");
        match (verb, checks) {
            (Some(verb), None) => {
                let expect = expect.unwrap_or_else(|| "ok".to_string());
                if expect != "ok" && !Refusal::ALL.iter().any(|refusal| refusal.code() == expect) {
                    return Err(format!("unknown code `{expect}`"));
                }
                let action = Action::parse(&verb, raw)?;
                Ok(Step { at, verb, action: Some(action), expect, checks: None })
            }
            (None, Some(checks)) => {
                if checks.as_table().is_some_and(toml::Table::is_empty) {
                    return Err("a step has `do` or at least one `check`".to_string());
                }
                if let Some(key) = raw.keys().next() {
                    return Err(format!("unknown key `{key}`"));
                }
                if expect.is_some() {
                    return Err("`expect` belongs to a step with `do`".to_string());
                }
                let checks =
                    Checks::deserialize(checks).map_err(|error| format!("check: {}", error.message()))?;
                Ok(Step {
                    at,
                    verb: String::new(),
                    action: None,
                    expect: String::new(),
                    checks: Some(checks),
                })
            }
            (Some(_), Some(_)) => Err("a step has either `do` or `check`".to_string()),
            (None, None) => Err("a step has `do` or at least one `check`".to_string()),
        }
    }
}

fn text(raw: &mut toml::Table, key: &str) -> Result<Option<String>, String> {
    match raw.remove(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is a text")),
    }
}

/// A local date and time, written `2019-03-01T09:00:00`.
pub(super) fn local_time(text: &str) -> Result<DateTime, String> {
    let parsed = text.parse::<DateTime>().ok().filter(|_| text.contains('T'));
    parsed.ok_or_else(|| format!("`{text}` is not a local date and time such as 2019-03-01T09:00:00"))
}
