//! What an act about the settlement as a whole does, in a sentence (R3.21, R3.31, R3.34/30).

use kezek_rules::State;
use kezek_rules::event::Event;

use crate::ctx::Ctx;
use crate::words;

/// The effect in a sentence; nothing for what is no such act.
pub fn sentence(ctx: &Ctx, state: &State, event: &Event) -> Option<String> {
    match event {
        Event::TermsExtended { settlement, until, windows, referrals, .. } => {
            let batches = windows.iter().filter_map(|id| state.batch(*id));
            let windows: usize = batches.map(|batch| batch.open_windows.len()).sum();
            let until = words::until(ctx, state.settlement(*settlement)?, *until);
            Some(ctx.t_with(
                "effect-extended",
                &[
                    ("windows", windows.into()),
                    ("referrals", referrals.len().into()),
                    ("until", until.into()),
                ],
            ))
        }
        Event::Frozen { from, to, .. } => Some(ctx.t_with(
            "effect-frozen",
            &[("from", ctx.date_long(from).into()), ("to", ctx.date_long(to).into())],
        )),
        Event::ProfileSet { settlement, change, valid_from, .. } => {
            super::profile::sentence(ctx, &state.settlement(*settlement)?.profile, change, *valid_from)
        }
        Event::ProfileApplied { .. } => Some(ctx.t("effect-profile-applied")),
        _ => None,
    }
}
