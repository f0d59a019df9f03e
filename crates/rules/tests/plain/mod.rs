//! What the state answers by its indexes, compared with a plain scan of its tables.

use crate::life::HERE;
use kezek_rules::{
    State,
    ask::{claimable, may_claim},
    benefit::{Class, Standing},
    calendar::Instant,
    ids::{ApplicationId, BatchId, OrganisationId, ReferralId, VacancyId},
    state::{Application, AwaitedPaper, Proof, Status},
};

/// Every question, and the indexes themselves.
pub fn check(state: &State) {
    assert_eq!(state.awaited_papers(HERE).collect::<Vec<_>>(), awaited_papers(state));
    let stopped: Vec<_> = state.stop_list(HERE).map(|(id, listing)| (id, listing.clone())).collect();
    assert_eq!(stopped.len(), state.stop_list_len(HERE));
    assert_eq!(stopped, stop_list(state));
    assert_eq!(
        state.extraordinary_claims(HERE).map(|(id, claim)| (id, claim.benefit)).collect::<Vec<_>>(),
        extraordinary_claims(state)
    );
    for (organisation, _) in state.organisations() {
        let incoming: Vec<_> = state.incoming_referrals(organisation).collect();
        assert_eq!(incoming, incoming_referrals(state, organisation));
    }
    let mut live: Vec<_> = state.live_referrals(HERE).map(|(id, _)| id).collect();
    live.sort_unstable();
    assert_eq!(
        live,
        state.referrals().filter(|(_, one)| one.is_live()).map(|(id, _)| id).collect::<Vec<_>>()
    );
    check_referrals_between(state);
    check_pages(state);
    check_live_batches(state);
    for (id, _) in state.applications() {
        let plain: Vec<VacancyId> = state
            .vacancies()
            .map(|(vacancy, _)| vacancy)
            .filter(|one| may_claim(state, id, *one).is_ok())
            .collect();
        assert_eq!(claimable(state, id), plain, "what {id:?} can claim");
    }
    assert!(state.has_right_indexes());
}

fn living(state: &State) -> impl Iterator<Item = (ApplicationId, &Application)> {
    state.applications().filter(|(_, one)| one.settlement == HERE && !one.is_archived())
}

fn awaited_papers(state: &State) -> Vec<AwaitedPaper> {
    let mut papers = Vec::new();
    for (application, one) in living(state) {
        for claim in &one.claims {
            if let Standing::Pending(until) = claim.standing {
                papers.push(AwaitedPaper { until, application, proof: Proof::Benefit(claim.benefit) });
            }
        }
        let Some(number) = one.live_referral() else { continue };
        let referral = state.referral(number).unwrap();
        if let (false, Some(terms)) = (referral.documents_confirmed, referral.terms) {
            let (until, proof) = (terms.documents_until, Proof::Referral(number));
            papers.push(AwaitedPaper { until, application, proof });
        }
    }
    papers.sort_unstable();
    papers
}

fn stop_list(state: &State) -> Vec<(ApplicationId, kezek_rules::state::StopListing)> {
    let mut listed: Vec<_> = living(state)
        .filter_map(|(id, one)| match &one.status {
            Status::StopListed(listing) => Some((id, (**listing).clone())),
            _ => None,
        })
        .collect();
    listed.sort_by_key(|(id, listing)| (listing.until.is_none(), listing.until, *id));
    listed
}

fn extraordinary_claims(state: &State) -> Vec<(ApplicationId, kezek_rules::benefit::Benefit)> {
    let claims = living(state).flat_map(|(id, one)| one.claims.iter().map(move |claim| (id, claim)));
    let mut asked: Vec<_> = claims
        .filter(|(_, claim)| claim.benefit.class() == Class::Extraordinary)
        .filter(|(_, claim)| matches!(claim.standing, Standing::Pending(_) | Standing::Confirmed))
        .map(|(id, claim)| (id, claim.benefit))
        .collect();
    asked.sort_unstable();
    asked
}

fn incoming_referrals(state: &State, to: OrganisationId) -> Vec<ReferralId> {
    let here = |vacancy| state.vacancy(vacancy).unwrap().organisation == to;
    let live = state.referrals().filter(|(_, one)| one.is_live() && here(one.vacancy));
    let mut live: Vec<_> = live
        .map(|(id, one)| (one.terms.is_none(), one.terms.map(|terms| terms.until), one.application, id))
        .collect();
    live.sort_unstable();
    live.into_iter().map(|(_, _, _, id)| id).collect()
}

fn check_referrals_between(state: &State) {
    let issued: Vec<Instant> = state.referrals().map(|(_, one)| one.issued).collect();
    let ends =
        [Instant::MIN, Instant::MAX].into_iter().chain(issued.first().copied()).chain(issued.last().copied());
    let ends: Vec<Instant> = ends.chain(issued.get(issued.len() / 2).copied()).collect();
    for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to))) {
        let plain: Vec<_> = state
            .referrals()
            .filter(|(_, one)| from <= one.issued && one.issued < to)
            .map(|(id, _)| id)
            .collect();
        assert_eq!(state.referrals_between(from, to).map(|(id, _)| id).collect::<Vec<_>>(), plain);
        let back = state.referrals_between(from, to).rev().map(|(id, _)| id);
        assert!(back.eq(plain.iter().rev().copied()));
    }
}

fn check_pages(state: &State) {
    for (key, _) in state.queues(HERE) {
        let order = state.order_of_queue(key);
        for from in 0..=order.len() {
            let plain: Vec<_> = order.iter().skip(from).take(3).copied().collect();
            assert_eq!(state.page_of_queue(key, from as u32, 3), plain);
        }
    }
}

fn check_live_batches(state: &State) {
    for (pool, _) in state.pools(HERE) {
        let live = state.settlement(HERE).unwrap().live_batches.iter().copied();
        let plain: Vec<BatchId> = live.filter(|id| state.batch(*id).unwrap().pool == pool).collect();
        assert_eq!(state.live_batches_of(pool).collect::<Vec<_>>(), plain);
    }
}
