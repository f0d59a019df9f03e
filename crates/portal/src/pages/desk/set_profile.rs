//! Setting values of the rule profile by a recorded act, from a date (R3.21, R3.34/29).

use axum::extract::State;
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::ids::SettlementId;
use kezek_rules::profile::ProfileChange;
use serde_json::{Map, Value};

use super::acts::{ActFields, button, day};
use super::draft::{Look, Turn, done, turn};
use super::profile::{KEYS, fields, title, value};
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;

/// Terms that the rules take as one day at least.
const AT_LEAST_ONE: [&str; 4] =
    ["window_working_days", "referral_working_days", "document_working_days", "interest_months"];

/// What is typed: one field for each value, the act, the date.
struct Change {
    values: Vec<Field>,
    act: ActFields,
    from: Field,
}

/// `GET /{language}/desk/profile/change`
pub async fn ask(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let change = Change {
        values: KEYS.iter().map(|key| Field::new(key)).collect(),
        act: ActFields::empty(),
        from: Field::new("valid-from"),
    };
    Ok(change.page(&app, &ctx, here, &Look::default())?.answer())
}

/// `POST /{language}/desk/profile/change`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let here = own::settlement(&who)?;
    let mut change = Change {
        values: KEYS.iter().map(|key| posted.field(key)).collect(),
        act: ActFields::posted(&posted),
        from: posted.field("valid-from"),
    };
    let Some(command) = change.read(&ctx, here) else {
        return Ok(change.page(&app, &ctx, here, &Look::default())?.unprocessable());
    };
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, "/desk/profile", "desk-profile"),
        Turn::Show(look) => look.answer(&change.page(&app, &ctx, here, &look)?),
    })
}

impl Change {
    fn read(&mut self, ctx: &Ctx, here: SettlementId) -> Option<Command> {
        let mut set = Map::new();
        for field in self.values.iter_mut().filter(|field| !field.value().is_empty()) {
            match typed(&field.name, field.value()) {
                Some(value) => {
                    set.insert(field.name.clone(), value);
                }
                None => field.refuse(ctx.t("desk-profile-wrong")),
            }
        }
        if self.values.iter().all(|field| field.value().is_empty())
            && let Some(first) = self.values.first_mut()
        {
            first.refuse(ctx.t("desk-profile-nothing"));
        }
        let act = self.act.read(ctx);
        let from = day(ctx, &mut self.from);
        if self.values.iter().any(|field| field.error.is_some()) {
            return None;
        }
        let change: ProfileChange = serde_json::from_value(Value::Object(set)).ok()?;
        Some(Command::SetProfile(here, change, act?, from?))
    }

    fn page(&self, app: &AppState, ctx: &Ctx, here: SettlementId, look: &Look) -> Result<Doc, Problem> {
        let in_force = app.read(|state| state.settlement(here).map(|one| fields(&one.profile)));
        let in_force = in_force.ok_or(Problem::NotFound)?;
        let mut form = Form::to(ctx, "/desk/profile/change", button(ctx, look));
        for field in &self.values {
            let now = in_force.get(&field.name).map(|now| value(ctx, &field.name, now)).unwrap_or_default();
            let hint = ctx.t_with("desk-profile-now", &[("value", now.into())]);
            form = form.with(input(ctx, field, hint));
        }
        form.inputs.push(Input::Section(ctx.t("desk-act")));
        form.inputs.extend(self.act.inputs(ctx));
        form.inputs.push(Input::Line(
            self.from.clone(),
            ctx.t("desk-profile-from"),
            ctx.t("desk-day-hint"),
            Typed::DAY,
        ));
        let mut fields: Vec<&Field> = self.values.iter().collect();
        fields.extend([&self.act.number, &self.act.date, &self.from]);
        Ok(Doc::new(ctx, ctx.t("desk-profile-change"))
            .back("/desk/profile")
            .with(Block::Errors(mistakes(&fields)))
            .with(Block::Text(ctx.t("desk-profile-change-lead")))
            .and(look.blocks(ctx))
            .with(Block::Form(look.sealing(form))))
    }
}

fn input(ctx: &Ctx, field: &Field, hint: String) -> Input {
    let words = title(ctx, &field.name);
    match choices(&field.name) {
        [] => Input::Line(field.clone(), words, hint, Typed { width: "5", ..Typed::WORDS }),
        codes => {
            let mut choices = vec![Choice::new("", ctx.t("desk-profile-keep"))];
            choices.extend(codes.iter().map(|code| {
                let shown = match *code {
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    code => Value::String(code.to_string()),
                };
                Choice::new(*code, value(ctx, &field.name, &shown))
            }));
            Input::Select(field.clone(), words, choices, hint)
        }
    }
}

/// The variants of a value that has names.
fn choices(key: &str) -> &'static [&'static str] {
    match key {
        "wish_lists" => &["true", "false"],
        "priority_pattern" => &["PGGG", "GGGP"],
        "age_match" => &["full_age_sept1", "birth_year"],
        "special_offer" => &["push", "window"],
        _ => &[],
    }
}

/// A typed value as the rules read it; none when they would not.
fn typed(key: &str, text: &str) -> Option<Value> {
    let value = match (key, text) {
        ("wish_lists", text) => Value::Bool(text.parse().ok()?),
        ("bulletin_time" | "opening_time" | "priority_pattern" | "age_match" | "special_offer", text) => {
            Value::String(text.to_string())
        }
        ("confirm_interest_by", text) => {
            // People write 01.10; the rules write 10-01.
            let written = text.split_once('.').map(|(day, month)| format!("{month:0>2}-{day:0>2}"));
            Value::String(written.unwrap_or_else(|| text.to_string()))
        }
        (key, text) => {
            let number: u32 = text.parse().ok()?;
            if number == 0 && AT_LEAST_ONE.contains(&key) {
                return None;
            }
            Value::from(number)
        }
    };
    let one = Map::from_iter([(key.to_string(), value.clone())]);
    serde_json::from_value::<ProfileChange>(Value::Object(one)).ok().map(|_| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_rules::profile::Profile;

    #[test]
    fn every_value_in_force_can_be_typed_in_again() {
        let profile = fields(&Profile::default());
        assert_eq!(profile.len(), KEYS.len());
        for key in KEYS {
            let text = match profile.get(key).unwrap() {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert!(typed(key, &text).is_some(), "{key}: {text}");
        }
    }

    #[test]
    fn what_the_rules_would_not_take_is_refused() {
        assert_eq!(typed("confirm_interest_by", "1.10"), Some(Value::from("10-01")));
        for (key, text) in [
            ("bulletin_time", "25:00"),
            ("opening_time", "soon"),
            ("window_working_days", "0"),
            ("window_working_days", "-1"),
            ("stop_list_days", "99999999"),
            ("confirm_interest_by", "31.02"),
            ("age_match", "zodiac"),
            ("wish_lists", "perhaps"),
        ] {
            assert_eq!(typed(key, text), None, "{key}: {text}");
        }
    }
}
