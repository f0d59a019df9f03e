//! The clauses and readings that the system carries out, for `kezek scenario coverage`.

use alloc::{string::String, vec::Vec};

/// A clause of the law or a reading of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// As cited: `254/24.4`, `R3.5`, `R3.34/7`.
    pub cite: &'static str,
    /// What it says, in a few words.
    pub says: &'static str,
}

const fn clause(cite: &'static str, says: &'static str) -> Clause {
    Clause { cite, says }
}

/// Every clause and reading that the rules carry out.
pub const LAW: &[Clause] = &[
    clause("254/13", "queues by settlement and year of birth"),
    clause("254/14", "order by date and time of registration"),
    clause("254/15", "not more than three registrations"),
    clause("254/16", "transfer after a benefit referral"),
    clause("254/17", "several queues at once with a conclusion"),
    clause("254/18", "age limit of applying"),
    clause("254/19", "leave before choosing another organisation"),
    clause("254/20", "when the order is updated"),
    clause("254/21", "classes and one to three"),
    clause("254/22", "originals confirmed twice"),
    clause("254/23", "what the applicant may do"),
    clause("254/24.1", "registration and stop-list"),
    clause("254/24.2", "places handed over daily"),
    clause("254/24.3", "bulletin at 18:00"),
    clause("254/24.4", "priority access at 07:00 for three working days"),
    clause("254/24.5", "referral by one's own choice, by order and age"),
    clause("254/24.6", "early place free before its date"),
    clause("254/24.9", "archive at the maximum age"),
    clause("254/24.10", "the next thousand"),
    clause("254/25.1", "withdrawal of places with a reason"),
    clause("254/25.2", "referral annulled for a withdrawn place"),
    clause("254/25.3", "early-booking places"),
    clause("254/25.4", "temporary places"),
    clause("254/26", "the general queue pulls"),
    clause("254/27", "special and sanatorium queues in order of receipt"),
    clause("254/28", "age in full years on 1 September"),
    clause("254/29", "siblings together"),
    clause("254/30", "annulment and extension"),
    clause("254/34", "enrolment annulled"),
    clause("254/35", "enrolment all year"),
    clause("R3.1", "the first N get windows"),
    clause("R3.2", "number by year, eligibility by age"),
    clause("R3.3", "which 1 September"),
    clause("R3.4", "age limit of standing"),
    clause("R3.5", "counting three working days"),
    clause("R3.6", "the open phase moves on"),
    clause("R3.7", "one to three with a kept counter"),
    clause("R3.8", "no benefits in special queues"),
    clause("R3.9", "stop-list: entry and exit"),
    clause("R3.10", "confirming interest"),
    clause("R3.11", "validity and extension"),
    clause("R3.12", "annulment in one day"),
    clause("R3.13", "what happens to the number"),
    clause("R3.14", "three times"),
    clause("R3.15", "transfer and the month"),
    clause("R3.16", "siblings"),
    clause("R3.17", "registration time"),
    clause("R3.18", "temporary places"),
    clause("R3.19", "early booking"),
    clause("R3.20", "withdrawal of places"),
    clause("R3.21", "changeable times"),
    clause("R3.22", "several benefits"),
    clause("R3.23", "who is entitled"),
    clause("R3.26", "notices"),
    clause("R3.27", "language and age bands"),
    clause("R3.29", "wish lists"),
    clause("R3.30", "capacity"),
    clause("R3.31", "outage"),
    clause("R3.32", "order of things due at one instant"),
    clause("R3.33", "names of queues and pools"),
    clause("R3.34/1", "pools"),
    clause("R3.34/2", "who is active, who is skipped"),
    clause("R3.34/3", "a claim closes other windows"),
    clause("R3.34/4", "counted once"),
    clause("R3.34/5", "frontier"),
    clause("R3.34/6", "access by batch"),
    clause("R3.34/7", "restored windows"),
    clause("R3.34/8", "a place that comes free again"),
    clause("R3.34/9", "which bulletin"),
    clause("R3.34/10", "withdrawal and first right"),
    clause("R3.34/11", "temporary places and the queue"),
    clause("R3.34/12", "booked early"),
    clause("R3.34/13", "capacity counts announced places"),
    clause("R3.34/14", "days of a term"),
    clause("R3.34/15", "originals after the referral"),
    clause("R3.34/16", "benefit claim pending"),
    clause("R3.34/17", "false benefit"),
    clause("R3.34/18", "interest"),
    clause("R3.34/19", "age limit and live referrals"),
    clause("R3.34/20", "twins"),
    clause("R3.34/21", "wishes"),
    clause("R3.34/22", "private only"),
    clause("R3.34/23", "counting registrations"),
    clause("R3.34/24", "permanent enrolment archives"),
    clause("R3.34/25", "push"),
    clause("R3.34/26", "order at one instant"),
    clause("R3.34/27", "equal times"),
    clause("R3.34/28", "causes"),
    clause("R3.34/29", "profile change"),
    clause("R3.34/30", "freeze"),
    clause("R3.34/31", "message kinds"),
];

/// Whether a scenario citing `cited` covers `clause`: itself or one of its sub-points.
pub fn covers(clause: &Clause, cited: &[String]) -> bool {
    cited.iter().any(|cite| {
        cite.strip_prefix(clause.cite).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Clauses without a scenario.
pub fn uncovered(cited: &[Vec<String>]) -> Vec<Clause> {
    LAW.iter().filter(|clause| !cited.iter().any(|cited| covers(clause, cited))).copied().collect()
}
