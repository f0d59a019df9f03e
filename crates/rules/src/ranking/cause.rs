//! Why a number last changed (R3.34/28).

use alloc::vec::Vec;
use kezek_calendar::Instant;
use serde::{Deserialize, Serialize};

/// The cause of a change of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An extraordinary application joined.
    ExtraordinaryJoined = 1,
    /// A priority application joined.
    PriorityJoined = 2,
    /// A class changed, one's own or another's.
    BenefitChanged = 3,
    /// An application came back from a referral or the stop-list.
    Returned = 4,
    /// An application got a referral.
    Referred = 5,
    /// An application was withdrawn or moved to another year.
    Left = 6,
    /// An application was archived otherwise.
    Archived = 7,
    /// An application went into the stop-list.
    StopListed = 8,
    /// The counter moved and nobody left.
    Reordered = 9,
}

impl Cause {
    const ALL: [Cause; 9] = [
        Cause::ExtraordinaryJoined,
        Cause::PriorityJoined,
        Cause::BenefitChanged,
        Cause::Returned,
        Cause::Referred,
        Cause::Left,
        Cause::Archived,
        Cause::StopListed,
        Cause::Reordered,
    ];

    /// The code used in scenarios and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Cause::ExtraordinaryJoined => "extraordinary_joined",
            Cause::PriorityJoined => "priority_joined",
            Cause::BenefitChanged => "benefit_changed",
            Cause::Returned => "returned",
            Cause::Referred => "referred",
            Cause::Left => "left",
            Cause::Archived => "archived",
            Cause::StopListed => "stop_listed",
            Cause::Reordered => "reordered",
        }
    }

    /// The cause with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// The latest instant at which a number changed and the causes of that instant, four bits each, newest lowest.
/// Eight fit; at one instant the oldest beyond them is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moved {
    at: i64,
    causes: u32,
}

impl Moved {
    pub(crate) const NEVER: Moved = Moved { at: i64::MIN, causes: 0 };

    pub(crate) fn now(at: Instant, cause: Cause) -> Self {
        Moved { at: at.as_micros(), causes: cause as u32 }
    }

    /// This move after an earlier one: a later instant replaces, the same instant adds.
    pub(crate) fn after(self, earlier: Moved) -> Moved {
        if self.at == i64::MIN {
            return earlier;
        }
        if self.at != earlier.at {
            return self;
        }
        let mut causes = self.causes;
        let mut used = digits(causes).count() as u32;
        for cause in digits(earlier.causes) {
            if used < 8 && !digits(causes).any(|known| known == cause) {
                causes |= cause << (4 * used);
                used += 1;
            }
        }
        Moved { at: self.at, causes }
    }

    /// Puts this move after each of `earlier`.
    pub(crate) fn follow(self, earlier: &mut [Moved]) {
        let at_once = earlier.iter().filter(|earlier| earlier.at == self.at).count();
        if at_once == 0 && self.at != i64::MIN {
            earlier.fill(self);
            return;
        }
        for earlier in earlier {
            *earlier = self.after(*earlier);
        }
    }

    pub(crate) fn instant(self) -> Option<Instant> {
        (self.at != i64::MIN).then(|| Instant::from_micros(self.at))
    }

    pub(crate) fn causes(self) -> Vec<Cause> {
        digits(self.causes)
            .filter_map(|digit| Cause::ALL.into_iter().find(|cause| *cause as u32 == digit))
            .collect()
    }
}

fn digits(causes: u32) -> impl Iterator<Item = u32> {
    (0..8).map(move |place| (causes >> (4 * place)) & 15).take_while(|digit| *digit != 0)
}
