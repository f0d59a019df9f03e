//! Where an application stands, in sentences: what it is, until when, what now (R3.34/18, 254/22, 254/24, 254/30).

use kezek_calendar::{Instant, terms};
use kezek_rules::benefit::Standing;
use kezek_rules::command::Conclusion;
use kezek_rules::event::StopReason;
use kezek_rules::ids::ApplicationId;
use kezek_rules::place::PoolKey;
use kezek_rules::profile::WishLists;
use kezek_rules::queue::Queue;
use kezek_rules::state::{Application, Phase, Referral, Settlement, Status};
use kezek_rules::{State, ask};

use crate::components::SummaryRow;
use crate::ctx::Ctx;
use crate::doc::Block;
use crate::words;

/// The sentences about an application; the first one answers the question.
pub fn sentences(ctx: &Ctx, state: &State, id: ApplicationId, now: Instant) -> Vec<String> {
    let Some(one) = state.application(id) else { return Vec::new() };
    let Some(settlement) = state.settlement_of(one) else { return Vec::new() };
    let mut all = match &one.status {
        Status::Queued => queued(ctx, state, settlement, id, now),
        Status::Referred(referral) => state
            .referral(*referral)
            .map(|referral| referred(ctx, state, settlement, referral))
            .unwrap_or_default(),
        Status::StopListed(listing) => {
            let reason = words::word(ctx, "stop", &listing.reason).into();
            vec![match (listing.until, listing.reason) {
                (Some(until), _) => {
                    let until = words::until(ctx, settlement, until).into();
                    ctx.t_with("now-stopped", &[("reason", reason), ("until", until)])
                }
                (None, StopReason::AlreadyEnrolled) => {
                    ctx.t_with("now-stopped-enrolled", &[("reason", reason)])
                }
                (None, _) => ctx.t_with("now-stopped-interest", &[("reason", reason)]),
            }]
        }
        Status::Archived(reason) => {
            let reason = words::word(ctx, "archive", reason).into();
            return vec![ctx.t_with("now-archived", &[("reason", reason)]), ctx.t("now-archived-do")];
        }
    };
    // What must be done by the family comes first.
    all.splice(0..0, duties(ctx, settlement, one));
    all
}

/// What the family has to do by a certain time, whatever its number.
fn duties(ctx: &Ctx, settlement: &Settlement, one: &Application) -> Vec<String> {
    let mut all: Vec<String> = pending(ctx, settlement, one).into_iter().collect();
    if let Some(until) = one.interest_asked_until {
        let until = words::until(ctx, settlement, until).into();
        all.push(ctx.t_with("now-interest-asked", &[("until", until)]));
    }
    all
}

fn queued(ctx: &Ctx, state: &State, settlement: &Settlement, id: ApplicationId, now: Instant) -> Vec<String> {
    let mut all = Vec::new();
    let Some(one) = state.application(id) else { return all };
    let number = ask::number(state, id).map_or(0, |number| number.number);
    let claimable = ask::claimable(state, id).len();
    if let Some(until) = window_end(state, one) {
        let until = words::until(ctx, settlement, until).into();
        all.push(ctx.t_with("now-window", &[("until", until)]));
    } else if claimable > 0 {
        all.push(ctx.t_with("now-open", &[("count", claimable.into())]));
    } else {
        let text = ctx.t_with("now-queued", &[("number", number.into())]);
        all.push(match duties(ctx, settlement, one).is_empty() {
            true => format!("{text} {}", ctx.t("now-nothing")),
            false => text,
        });
    }
    all.extend(age_limit(ctx, settlement, one, now));
    if let Some(referral) = one.temporary.and_then(|referral| state.referral(referral)) {
        let organisation = words::place(state, referral.vacancy).into();
        all.push(ctx.t_with("now-temporary", &[("organisation", organisation)]));
        all.extend(referred(ctx, state, settlement, referral));
    }
    if one.queue == Queue::General && settlement.profile.wish_lists == WishLists::On {
        let when = ctx.deadline(&settlement.zone.local(next_opening(settlement, now))).into();
        all.push(match one.wishes {
            Some(_) => ctx.t_with("now-wishes", &[("when", when)]),
            None => ctx.t_with("now-no-wishes", &[("when", when)]),
        });
    }
    all
}

fn referred(ctx: &Ctx, state: &State, settlement: &Settlement, referral: &Referral) -> Vec<String> {
    let organisation = words::place(state, referral.vacancy).into();
    let Some(terms) = referral.terms else {
        return vec![ctx.t_with("now-early", &[("organisation", organisation)])];
    };
    let until = words::until(ctx, settlement, terms.until).into();
    let mut all = vec![ctx.t_with("now-referred", &[("organisation", organisation), ("until", until)])];
    if referral.documents_confirmed {
        all.push(ctx.t("now-confirmed"));
    } else if referral.by_benefit() {
        let until = words::until(ctx, settlement, terms.documents_until).into();
        all.push(ctx.t_with("now-bring", &[("until", until)]));
    }
    if state.now() < terms.annul_until {
        let until = words::until(ctx, settlement, terms.annul_until).into();
        all.push(ctx.t_with("now-annul", &[("until", until)]));
    }
    all
}

/// 254/18, R3.4: on the coming 1 September the application goes to the archive.
fn age_limit(ctx: &Ctx, settlement: &Settlement, one: &Application, now: Instant) -> Option<String> {
    let next = terms::first_of_september(terms::academic_year(settlement.zone.date(now)) + 1);
    let limit = i32::from(settlement.profile.max_age_years);
    let age = i32::from(terms::full_years(one.born, next));
    let is_over = one.conclusion == Conclusion::None && age >= limit;
    is_over.then(|| ctx.t_with("now-age-limit", &[("date", ctx.date_long(&next).into())]))
}

/// The first term of a benefit whose originals are awaited.
fn pending(ctx: &Ctx, settlement: &Settlement, one: &Application) -> Option<String> {
    let terms = one.claims.iter().filter_map(|claim| match claim.standing {
        Standing::Pending(until) => Some(until),
        _ => None,
    });
    let until = words::until(ctx, settlement, terms.min()?).into();
    Some(ctx.t_with("now-originals", &[("until", until)]))
}

/// The latest end of an application's open windows.
pub fn window_end(state: &State, one: &Application) -> Option<Instant> {
    let batches = one.windows.iter().filter_map(|batch| state.batch(*batch));
    batches
        .filter_map(|batch| match batch.phase {
            Phase::Windows(until) => Some(until),
            _ => None,
        })
        .max()
}

/// The next opening, halted days left out.
pub fn next_opening(settlement: &Settlement, now: Instant) -> Instant {
    let date = settlement.next_opening_date(now);
    settlement.zone.instant(kezek_calendar::DateTime::from_parts(date, settlement.profile.opening_time))
}

/// Both numbers and why they moved (R3.2, R3.34/28); nothing for an application out of the order.
pub fn numbers(ctx: &Ctx, state: &State, id: ApplicationId) -> Vec<Block> {
    let Some(one) = state.application(id) else { return Vec::new() };
    let Some(settlement) = state.settlement_of(one) else { return Vec::new() };
    let Some(number) = ask::number(state, id) else { return Vec::new() };
    let year = number.queue.birth_year.to_string();
    let mut rows = vec![SummaryRow::new(
        ctx.t_with("numbers-queue", &[("year", year.into())]),
        ctx.t_with("numbers-of", &[("number", number.number.into()), ("of", number.of.into())]),
    )];
    for (pool, at) in &number.pools {
        let name = pool_name(ctx, pool).into();
        rows.push(SummaryRow::new(ctx.t_with("numbers-pool", &[("pool", name)]), ctx.number(i64::from(*at))));
    }
    let (moved, why) = ask::why(state, id).unwrap_or_default();
    let causes: Vec<String> = why.iter().map(|cause| words::named(ctx, "cause", cause.code())).collect();
    let because = match moved {
        Some(at) => {
            let when = words::moment(ctx, settlement, at).into();
            ctx.t_with("numbers-moved", &[("when", when), ("causes", causes.join("; ").into())])
        }
        None => ctx.t("numbers-never"),
    };
    vec![
        Block::Heading(ctx.t("numbers-title")),
        Block::Rows(rows),
        Block::Details(ctx.t("numbers-why"), vec![because, ctx.t("queue-order")]),
    ]
}

/// A pool in words: children, academic year, mode.
fn pool_name(ctx: &Ctx, pool: &PoolKey) -> String {
    let years = format!("{}/{}", pool.academic_year, pool.academic_year + 1);
    let cohort = words::cohort(ctx, pool.cohort);
    match pool.mode {
        kezek_rules::place::Mode::General => format!("{cohort}, {years}"),
        mode => format!("{cohort}, {years}, {}", words::word(ctx, "mode", &mode)),
    }
}
