//! Handing places over to the next bulletin: general, early, temporary (254/24.2, 254/25.3, 254/25.4).

use axum::extract::State;
use axum::response::Response;
use kezek_calendar::{Date, terms};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::{ModeTerms, Publish};
use kezek_rules::ids::GroupId;
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Regime};
use kezek_rules::profile::AgeMatch;

use super::super::desk::draft::{Look, Turn, done, turn};
use super::super::desk::{day, read_day};
use super::groups::{cohort_code, cohort_input, count, languages, read_cohort};
use super::overview::Load;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Form, Input, Typed};
use crate::error_page::{PageError, Problem};
use crate::form::{Choice, Field, mistakes};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;
use crate::words;

/// Places are offered for this academic year or the next.
const DAYS_AHEAD_MAX: i32 = 730;

const REGIMES: [Regime; 3] = [Regime::FullDay, Regime::PartDay, Regime::RoundTheClock];

/// What is typed about places.
struct Typing {
    group: Field,
    count: Field,
    cohort: Field,
    language: Field,
    regime: Field,
    profile: Field,
    mode: Field,
    free_from: Field,
    stay_until: Field,
    enrol_from: Field,
}

/// What the page says of the kindergarten.
struct House {
    kind: OrganisationKind,
    profiles: Vec<String>,
    groups: Vec<Choice>,
    by_birth_year: bool,
    today: Date,
}

/// `GET /{language}/garden/publish?group=0`
pub async fn ask(State(app): State<AppState>, ctx: Ctx, who: Who) -> Result<Response, PageError> {
    let house = house(&app, &ctx, &who)?;
    let group = ctx.query("group").and_then(|id| id.parse().ok());
    let typing = app.read(|state| {
        let mut typing = Typing::empty();
        if let Some((id, group)) = group.and_then(|id| own::group(state, &who, id).ok()) {
            typing.group = Field::with("group", id.0.to_string());
            typing.cohort = Field::with("cohort", cohort_code(group.cohort));
            typing.language = Field::with("teaching", group.language.code());
        }
        typing
    });
    Ok(typing.page(&ctx, &house, &Look::default()).answer())
}

/// `POST /{language}/garden/publish`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    posted: Posted,
) -> Result<Response, PageError> {
    let house = house(&app, &ctx, &who)?;
    let mut typing = Typing::posted(&posted);
    let group = typing.group.value().parse().ok();
    let group = app.read(|state| {
        own::group(state, &who, group?).ok().map(|(id, group)| (id, group.cohort, group.language))
    });
    if group.is_none() {
        typing.group.refuse(ctx.t("garden-group-wrong"));
    }
    let read =
        group.and_then(|(id, cohort, language)| typing.read(&ctx, &house, id, cohort, language, house.today));
    let Some(publish) = read else {
        return Ok(typing.page(&ctx, &house, &Look::default()).unprocessable());
    };
    let command = Command::Publish(publish);
    Ok(match turn(&app, &ctx, &who, &posted, command, PrivateChanges::none()).await? {
        Turn::Done(_) => done(&ctx, "/garden", "garden-published"),
        Turn::Show(look) => look.answer(&typing.page(&ctx, &house, &look)),
    })
}

fn house(app: &AppState, ctx: &Ctx, who: &Who) -> Result<House, Problem> {
    let now = app.now();
    app.read(|state| {
        let (_, organisation) = own::kindergarten(state, who)?;
        let settlement = state.settlement(organisation.settlement).ok_or(Problem::NotFound)?;
        let groups = organisation.groups.iter().filter_map(|id| Some((*id, state.group(*id)?)));
        let choice = |(id, group): (GroupId, &kezek_rules::state::Group)| {
            let withheld = Load::of(state, group).withheld;
            let text = ctx.t_with(
                "garden-group-choice",
                &[
                    ("name", group.name.clone().into()),
                    ("cohort", words::cohort(ctx, group.cohort).into()),
                    ("withheld", withheld.into()),
                ],
            );
            Choice::new(id.0.to_string(), text)
        };
        Ok(House {
            kind: organisation.kind,
            profiles: organisation.profiles.clone(),
            groups: groups.map(choice).collect(),
            today: settlement.zone.date(now),
            by_birth_year: settlement.profile.age_match == AgeMatch::BirthYear,
        })
    })
}

/// A day from today on, and not so far that it must be a slip of the pen.
fn near(ctx: &Ctx, field: &mut Field, today: Date) -> Option<Date> {
    let read = day(ctx, field)?;
    let is_near = today <= read && read <= terms::add_days(today, DAYS_AHEAD_MAX);
    if !is_near {
        field.refuse(ctx.t("garden-date-far"));
    }
    is_near.then_some(read)
}

impl Typing {
    fn empty() -> Self {
        Self {
            group: Field::new("group"),
            count: Field::with("count", "1"),
            cohort: Field::new("cohort"),
            language: Field::new("teaching"),
            regime: Field::with("regime", words::code(&Regime::FullDay)),
            profile: Field::new("profile"),
            mode: Field::with("mode", "general"),
            free_from: Field::new("free-from"),
            stay_until: Field::new("stay-until"),
            enrol_from: Field::new("enrol-from"),
        }
    }

    fn posted(posted: &Posted) -> Self {
        Self {
            group: posted.field("group"),
            count: posted.field("count"),
            cohort: posted.field("cohort"),
            language: posted.field("teaching"),
            regime: posted.field("regime"),
            profile: posted.field("profile"),
            mode: posted.field("mode"),
            free_from: posted.field("free-from"),
            stay_until: posted.field("stay-until"),
            enrol_from: posted.field("enrol-from"),
        }
    }

    /// The places; what is left empty is as in the group.
    fn read(
        &mut self,
        ctx: &Ctx,
        house: &House,
        group: GroupId,
        cohort: Cohort,
        language: Language,
        today: Date,
    ) -> Option<Publish> {
        let count = count(ctx, &mut self.count).filter(|count| *count > 0);
        if count.is_none() {
            self.count.refuse(ctx.t("garden-count-wrong"));
        }
        let cohort = match self.cohort.value() {
            "" => Some(cohort),
            typed => read_cohort(typed),
        };
        if cohort.is_none() {
            self.cohort.refuse(ctx.t("garden-cohort-wrong"));
        }
        let language = match self.language.value() {
            "" => Some(language),
            chosen => Language::from_code(chosen),
        };
        let regime = REGIMES.into_iter().find(|one| words::code(one) == self.regime.value());
        let mode = self.mode(ctx, today);
        let enrol_from = match self.enrol_from.value().is_empty() {
            true => None,
            false => Some(near(ctx, &mut self.enrol_from, today)?),
        };
        let kind = match house.kind {
            OrganisationKind::General => GroupKind::General,
            OrganisationKind::Special => GroupKind::Special,
            OrganisationKind::Sanatorium => GroupKind::Sanatorium,
        };
        let profile = house.profiles.iter().find(|one| *one == self.profile.value()).cloned();
        if kind != GroupKind::General && profile.is_none() {
            self.profile.refuse(ctx.t("garden-profile-wrong"));
            return None;
        }
        Some(Publish {
            group,
            cohort: cohort?,
            kind,
            profile: profile.filter(|_| kind != GroupKind::General),
            language: language?,
            regime: regime?,
            mode: mode?,
            count: count?,
            enrol_from,
        })
    }

    /// The mode with the date it needs; a date of another mode is told, not dropped.
    fn mode(&mut self, ctx: &Ctx, today: Date) -> Option<ModeTerms> {
        let dated: fn(Date) -> ModeTerms = match self.mode.value() {
            "general" => {
                for field in [&mut self.free_from, &mut self.stay_until] {
                    if read_day(field.value()).is_some() {
                        field.refuse(ctx.t("garden-date-not-wanted"));
                        return None;
                    }
                }
                return Some(ModeTerms::General);
            }
            "early" => ModeTerms::Early,
            "temporary" => ModeTerms::Temporary,
            _ => {
                self.mode.refuse(ctx.t("garden-mode-wrong"));
                return None;
            }
        };
        let field = if self.mode.value() == "early" { &mut self.free_from } else { &mut self.stay_until };
        near(ctx, field, today).map(dated)
    }

    fn page(&self, ctx: &Ctx, house: &House, look: &Look) -> Doc {
        let fields = [
            &self.group,
            &self.count,
            &self.cohort,
            &self.language,
            &self.regime,
            &self.profile,
            &self.mode,
            &self.free_from,
            &self.stay_until,
            &self.enrol_from,
        ];
        let by = if house.by_birth_year { ctx.t("garden-by-year") } else { ctx.t("garden-by-age") };
        Doc::new(ctx, ctx.t("garden-publish-title"))
            .back("/garden")
            .with(Block::Errors(mistakes(&fields)))
            .with(Block::Text(ctx.t("garden-publish-lead")))
            .with(Block::Text(by))
            .and(look.blocks(ctx))
            .with(Block::Form(look.sealing(self.form(ctx, house, look))))
    }

    fn form(&self, ctx: &Ctx, house: &House, look: &Look) -> Form {
        let button = if look.effect.is_some() { ctx.t("desk-do") } else { ctx.t("desk-check") };
        let line = |field: &Field, words: String, hint: String, typed: Typed| {
            Input::Line(field.clone(), words, hint, typed)
        };
        let modes = ["general", "early", "temporary"].map(|code| {
            Choice::new(code, words::named(ctx, "mode", code)).hint(match code {
                "early" => ctx.t("garden-mode-early-hint"),
                "temporary" => ctx.t("garden-mode-temporary-hint"),
                _ => ctx.t("garden-mode-general-hint"),
            })
        });
        let regimes =
            REGIMES.iter().map(|one| Choice::new(words::code(one), words::word(ctx, "regime", one)));
        let mut teaching = vec![Choice::new("", ctx.t("garden-as-group"))];
        teaching.extend(languages(ctx));
        let mut form = Form::to(ctx, "/garden/publish", button)
            .with(Input::Select(
                self.group.clone(),
                ctx.t("garden-group"),
                house.groups.clone(),
                String::new(),
            ))
            .with(line(&self.count, ctx.t("garden-count"), String::new(), Typed::DIGITS))
            .with(cohort_input(ctx, &self.cohort, ctx.t("garden-cohort-publish-hint")))
            .with(Input::Select(self.language.clone(), ctx.t("garden-language"), teaching, String::new()))
            .with(Input::Select(
                self.regime.clone(),
                ctx.t("garden-regime"),
                regimes.collect(),
                String::new(),
            ));
        if house.kind != OrganisationKind::General {
            let profiles = house.profiles.iter().map(|one| Choice::new(one.clone(), one.clone()));
            form = form.with(Input::Select(
                self.profile.clone(),
                ctx.t("garden-profile"),
                profiles.collect(),
                String::new(),
            ));
        }
        let hint = ctx.t("desk-day-hint");
        form.with(Input::Radios(self.mode.clone(), ctx.t("garden-mode"), modes.into(), String::new()))
            .with(line(&self.free_from, ctx.t("garden-free-from"), hint.clone(), Typed::DAY))
            .with(line(&self.stay_until, ctx.t("garden-stay-until"), hint, Typed::DAY))
            .with(line(
                &self.enrol_from,
                ctx.t("garden-enrol-from"),
                ctx.t("garden-enrol-from-hint"),
                Typed::DAY,
            ))
    }
}
