//! What an act will do, told before it is done. The rules judge it on the present state and nothing is kept.

use std::hash::{DefaultHasher, Hash, Hasher};

use kezek_calendar::Instant;
use kezek_rules::command::ModeTerms;
use kezek_rules::event::{Afterwards, Event, ReferralEnd};
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::{Command, Refusal, State, decide};

use crate::ctx::Ctx;
use crate::doc::Block;
use crate::texts::Argument;
use crate::words;

/// What acts will do, in sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// One for each thing that happens.
    pub sentences: Vec<String>,
    /// A short name for it: it differs when anything else would happen.
    pub mark: String,
}

impl Effect {
    /// The effect of commands that do not touch each other.
    pub fn of(ctx: &Ctx, state: &State, commands: &[Command], at: Instant) -> Result<Self, Refusal> {
        let mut sentences = Vec::new();
        for command in commands {
            for event in decide(state, command, at)? {
                sentences.extend(sentence(ctx, state, &event, at));
            }
        }
        Ok(Self::told(sentences))
    }

    /// An effect that is known in words.
    pub fn told(sentences: Vec<String>) -> Self {
        let mut hasher = DefaultHasher::new();
        sentences.hash(&mut hasher);
        Self { mark: format!("{:016x}", hasher.finish()), sentences }
    }

    /// How it stands on a page.
    pub fn blocks(&self, ctx: &Ctx) -> Vec<Block> {
        vec![Block::Heading(ctx.t("desk-effect")), Block::List(self.sentences.clone())]
    }
}

fn sentence(ctx: &Ctx, state: &State, event: &Event, at: Instant) -> Option<String> {
    of_application(ctx, state, event)
        .or_else(|| of_referral(ctx, state, event))
        .or_else(|| of_places(ctx, state, event, at))
        .or_else(|| super::act_effect::sentence(ctx, state, event))
}

fn number(id: ApplicationId) -> Argument {
    words::number(id).into()
}

fn of_application(ctx: &Ctx, state: &State, event: &Event) -> Option<String> {
    Some(match event {
        Event::BenefitConfirmed { application, benefit } => ctx.t_with(
            "effect-benefit-confirmed",
            &[
                ("number", number(*application)),
                ("benefit", words::word(ctx, "benefit", benefit).into()),
                ("class", words::word(ctx, "class", &benefit.class()).into()),
            ],
        ),
        Event::BenefitRemoved { application, benefit, .. } => ctx.t_with(
            "effect-benefit-removed",
            &[("number", number(*application)), ("benefit", words::word(ctx, "benefit", benefit).into())],
        ),
        Event::ConclusionFiled { application } => {
            ctx.t_with("effect-conclusion-filed", &[("number", number(*application))])
        }
        Event::BirthCorrected { application, born } => ctx.t_with(
            "effect-birth-corrected",
            &[
                ("number", number(*application)),
                ("born", ctx.date_short(born).into()),
                ("year", born.year().to_string().into()),
            ],
        ),
        Event::StopListed { application, reason, until, .. } => {
            let reason = words::word(ctx, "stop", reason);
            let settlement = state.application(*application).and_then(|one| state.settlement_of(one));
            match until.zip(settlement) {
                Some((until, settlement)) => ctx.t_with(
                    "effect-stop-listed",
                    &[
                        ("number", number(*application)),
                        ("reason", reason.into()),
                        ("until", words::until(ctx, settlement, until).into()),
                    ],
                ),
                None => ctx.t_with(
                    "effect-stop-listed-open",
                    &[("number", number(*application)), ("reason", reason.into())],
                ),
            }
        }
        Event::Returned { application } => ctx.t_with("effect-returned", &[("number", number(*application))]),
        Event::Archived { application, reason } => ctx.t_with(
            "effect-archived",
            &[("number", number(*application)), ("reason", words::word(ctx, "archive", reason).into())],
        ),
        _ => return None,
    })
}

fn of_referral(ctx: &Ctx, state: &State, event: &Event) -> Option<String> {
    let whose = |id: &ReferralId| Some(number(state.referral(*id)?.application));
    Some(match event {
        Event::DocumentsConfirmed { referral } => {
            ctx.t_with("effect-documents-confirmed", &[("number", whose(referral)?)])
        }
        Event::ReferralEnded { referral, cause, then, .. } => {
            let why = words::word(ctx, "end", cause);
            let ended = match cause {
                ReferralEnd::PlaceWithdrawn => ctx.t_with(
                    "effect-referral-annulled",
                    &[("number", whose(referral)?), ("cause", why.into())],
                ),
                _ => ctx
                    .t_with("effect-referral-ended", &[("number", whose(referral)?), ("cause", why.into())]),
            };
            match then {
                Afterwards::Back => format!("{ended} {}", ctx.t("effect-back")),
                _ => ended,
            }
        }
        Event::ReferralStarted { referral, .. } => {
            ctx.t_with("effect-referral-started", &[("number", whose(referral)?)])
        }
        Event::Enrolled { referral, .. } => {
            let one = state.referral(*referral)?;
            let place = words::place(state, one.vacancy);
            ctx.t_with("effect-enrolled", &[("number", whose(referral)?), ("organisation", place.into())])
        }
        Event::StayEnded { .. } => ctx.t("effect-stay-ended"),
        Event::Left { .. } => ctx.t("effect-left"),
        _ => return None,
    })
}

fn of_places(ctx: &Ctx, state: &State, event: &Event, at: Instant) -> Option<String> {
    Some(match event {
        Event::GroupSet { name, capacity, enrolled, .. } => ctx.t_with(
            "effect-group-set",
            &[
                ("name", name.clone().into()),
                ("capacity", (*capacity).into()),
                ("enrolled", (*enrolled).into()),
            ],
        ),
        Event::Published { group, count, cohort, language, regime, mode, enrol_from, .. } => {
            let organisation = state.organisation(state.group(*group)?.organisation)?;
            let settlement = state.settlement(organisation.settlement)?;
            let bulletin = settlement.next_free_at(settlement.profile.bulletin_time, at);
            let opening = settlement
                .zone
                .instant(settlement.next_opening_date(bulletin).to_datetime(settlement.profile.opening_time));
            // Everything that was typed, so that another value is another effect.
            let mut terms = vec![
                words::cohort(ctx, *cohort),
                words::word(ctx, "lang", language),
                words::word(ctx, "regime", regime),
                words::word(ctx, "mode", &mode.mode()),
            ];
            terms.extend(match mode {
                ModeTerms::General => None,
                ModeTerms::Early(from) => {
                    Some(ctx.t_with("from-day", &[("date", ctx.date_short(from).into())]))
                }
                ModeTerms::Temporary(to) => {
                    Some(ctx.t_with("until-day", &[("date", ctx.date_short(to).into())]))
                }
            });
            let starts = enrol_from.map(|date| ctx.date_short(&date));
            terms.extend(starts.map(|date| format!("{}: {date}", ctx.t("column-enrol-from"))));
            ctx.t_with(
                "effect-published",
                &[
                    ("count", (*count).into()),
                    ("terms", terms.join(", ").into()),
                    ("bulletin", ctx.deadline(&settlement.zone.local(bulletin)).into()),
                    ("opening", ctx.deadline(&settlement.zone.local(opening)).into()),
                ],
            )
        }
        Event::Withdrawn { announced, returned, published, claimed, .. } => {
            let waiting = announced.saturating_add(*returned);
            let free: u32 = published.iter().map(|(_, count)| count).sum();
            ctx.t_with(
                "effect-withdrawn",
                &[("waiting", waiting.into()), ("free", free.into()), ("claimed", (*claimed).into())],
            )
        }
        Event::WindowCancelled { application, .. } => {
            ctx.t_with("effect-window-cancelled", &[("number", number(*application))])
        }
        Event::EarlyFreed { released, .. } => {
            let count: u32 = released.iter().map(|(_, count)| count).sum();
            ctx.t_with("effect-early-freed", &[("count", count.into())])
        }
        _ => return None,
    })
}
