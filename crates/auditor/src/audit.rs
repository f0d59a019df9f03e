//! An audit: verify the logs, then replay the rules.

use kezek_disclosure::Log;
use kezek_registry::Policy;

use crate::logs::Logs;
use crate::replay::{Question, replay};
use crate::report::Report;

/// How far an audit is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// So many entries of a log were verified.
    Verified(Log, u64),
    /// So many entries of all logs were replayed.
    Replayed(u64),
}

/// Audits a copy of the registries. Cosignatures later than `now` (seconds since 1970) do not count.
pub fn audit(
    logs: &Logs,
    policy: &Policy,
    now: u64,
    question: Question,
    mut tell: impl FnMut(Step),
) -> Report {
    let mut report = Report { logs: Vec::new(), broken: Vec::new(), findings: None };
    for log in Log::ALL {
        match logs.verify(log, policy, now, |entry| tell(Step::Verified(log, entry))) {
            Ok(verified) => report.logs.push(verified),
            Err(error) => report.broken.push(error.to_string()),
        }
    }
    let sizes: Vec<u64> = report.logs.iter().map(|log| log.size).collect();
    let Ok(sizes) = <[u64; 3]>::try_from(sizes) else { return report };
    let origin = report.logs.iter().find(|log| log.log == Log::Applications).map(|log| log.origin.clone());
    let question = Question { origin: origin.unwrap_or_default(), ..question };
    let unreadable = std::cell::RefCell::new(Vec::new());
    let entries = || logs.entries(&sizes, |one| unreadable.borrow_mut().push(one.to_string()));
    let findings = replay(&question, entries, |seq| tell(Step::Replayed(seq)));
    let mut unreadable = unreadable.into_inner();
    unreadable.sort();
    unreadable.dedup();
    report.broken.extend(unreadable);
    report.findings = Some(findings);
    report
}
