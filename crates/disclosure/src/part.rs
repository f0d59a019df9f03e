//! What is public of facts that are not public as a whole.

use kezek_calendar::{Date, Instant, terms};
use kezek_rules::benefit::{Benefit, Class, Standing};
use kezek_rules::command::Wish;
use kezek_rules::event::{BenefitLoss, Frontier};
use kezek_rules::ids::{ApplicationId, BatchId, ReferralId, SettlementId};
use serde::{Deserialize, Serialize};

/// The public part of a fact of the general queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// An application stands in the queue. Hidden: child, parent, birth date, grounds, conclusion.
    Registered {
        /// Its number.
        application: ApplicationId,
        /// Where.
        settlement: SettlementId,
        /// What is public of the birth date.
        born: Born,
        /// The time that orders (R3.17).
        registered: Instant,
        /// Breaks ties (R3.34/27).
        draw: u32,
        /// Claimed benefits, by class.
        benefits: Vec<PartClaim>,
        /// Decided by what is hidden: only private organisations (254/16).
        private_only: bool,
        /// Decided by an act: past the third registration (R3.14).
        over_limit: bool,
    },
    /// A benefit was claimed.
    BenefitClaimed {
        /// Whose.
        application: ApplicationId,
        /// Which, without its ground.
        benefit: Ground,
        /// Originals until, exclusive.
        until: Instant,
    },
    /// Originals were confirmed (254/22).
    BenefitConfirmed {
        /// Whose.
        application: ApplicationId,
        /// Which, without its ground.
        benefit: Ground,
    },
    /// A benefit no longer counts.
    BenefitRemoved {
        /// Whose.
        application: ApplicationId,
        /// Which, without its ground.
        benefit: Ground,
        /// Why.
        cause: BenefitLoss,
    },
    /// The birth date was corrected (R3.13).
    BirthCorrected {
        /// Whose.
        application: ApplicationId,
        /// What is public of the right date.
        born: Born,
    },
    /// Wishes were lodged or taken back (R3.29). Hidden until an opening uses them: the wishes.
    WishesLodged {
        /// One, or siblings together.
        applications: Vec<ApplicationId>,
        /// Taken back.
        withdrawn: bool,
    },
    /// The opening of a day was held, with the wish lists that it used.
    OpeningHeld {
        /// Where.
        settlement: SettlementId,
        /// Of which day.
        #[serde(with = "kezek_calendar::date_serde")]
        date: Date,
        /// Lists used for the first time, by application.
        wishes: Vec<OpenedWishes>,
    },
    /// Windows of a batch opened, all at once (254/24.4, R3.1). Everything of it is public; this is its short form.
    WindowsOpened {
        /// Which batch.
        batch: BatchId,
        /// Who by the first right of R3.34/10, before all others, in order of grant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        first_right: Vec<ApplicationId>,
        /// Who in the order of the pool, in order of grant.
        in_order: Vec<ApplicationId>,
        /// Until, exclusive (R3.5).
        until: Instant,
    },
    /// The next candidates were let in to the rest of a batch (254/24.10). Not said, since anyone can work it out: who
    /// was let in by this step.
    FrontierMoved {
        /// Which batch.
        batch: BatchId,
        /// Who is inside now.
        frontier: Frontier,
    },
    /// A referral was extended (254/30). Hidden: the ground.
    ReferralExtended {
        /// Which.
        referral: ReferralId,
        /// Until, exclusive.
        until: Instant,
    },
    /// A temporary stay ended (R3.18).
    StayEnded {
        /// The application it came from.
        application: ApplicationId,
    },
    /// The child left the kindergarten (254/19).
    Left {
        /// The application that its place came from.
        application: ApplicationId,
    },
}

impl Part {
    /// Whether a part of this kind always leaves something out that is committed to.
    pub(crate) fn always_hides(&self) -> bool {
        match self {
            Part::Registered { .. }
            | Part::BenefitClaimed { .. }
            | Part::BenefitConfirmed { .. }
            | Part::BenefitRemoved { .. }
            | Part::BirthCorrected { .. }
            | Part::ReferralExtended { .. }
            | Part::StayEnded { .. }
            | Part::Left { .. } => true,
            Part::WishesLodged { withdrawn, .. } => !withdrawn,
            Part::OpeningHeld { .. } | Part::WindowsOpened { .. } | Part::FrontierMoved { .. } => false,
        }
    }
}

/// What is public of a birth date: the two things that full years on a 1 September depend on (254/28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Born {
    /// Calendar year (254/13).
    pub year: i16,
    /// After 1 September of that year.
    pub late: bool,
}

impl Born {
    /// What is public of a date.
    pub fn of(date: Date) -> Self {
        Born { year: date.year(), late: date > terms::first_of_september(date.year()) }
    }

    /// The first date of which the same is public.
    pub fn stand_in(self) -> Date {
        if self.late {
            terms::add_days(terms::first_of_september(self.year), 1)
        } else {
            Date::new(self.year, 1, 1).unwrap_or(Date::MAX)
        }
    }
}

/// A claimed benefit without its ground: the first, second, … that the application claimed in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// What it gives once confirmed (254/21).
    pub class: Class,
    /// From 0, in the order in which they were first claimed.
    pub nth: u8,
}

impl Ground {
    /// A ground of the same class that stands for it; none past the number of grounds there are.
    pub fn stand_in(self) -> Option<Benefit> {
        let of_class = Benefit::ALL.into_iter().filter(|benefit| benefit.class() == self.class);
        of_class.into_iter().nth(usize::from(self.nth))
    }
}

/// A claim at the time of registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartClaim {
    /// Which.
    pub benefit: Ground,
    /// How far its proof had come.
    pub standing: Standing,
}

/// A wish list that an opening used, with what opens the commitment of its lodging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedWishes {
    /// One, or siblings together.
    pub applications: Vec<ApplicationId>,
    /// The entry that lodged it.
    pub lodged: u64,
    /// In order of wish.
    pub choices: Vec<Wish>,
    /// Which of them are twins or triplets, decided by their birth dates (R3.16).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<(ApplicationId, ApplicationId)>,
    /// Salt of that entry's commitment, in hexadecimal.
    pub salt: String,
}
