//! Facts made of public parts, with stand-ins for what is hidden (R3.34/32).
//!
//! The stand-ins are chosen so that the rules of the general queue come to the same result: full years on any
//! 1 September, classes and times are those of the fact. What they cannot show (same child, same parent, a conclusion
//! on file, twins) is taken on trust by whoever replays.

use kezek_rules::Event;
use kezek_rules::benefit::BenefitClaim;
use kezek_rules::command::{Act, Conclusion, Ground as Reason};
use kezek_rules::event::{GrantedBy, WindowGrant};
use kezek_rules::ids::{ApplicationId, ChildKey, ParentKey};

use crate::{Ground, Part};

/// The child that stands in for that of an application: one of its own.
pub fn child_of(application: ApplicationId) -> ChildKey {
    ChildKey(application.number())
}

fn parent_of(application: ApplicationId) -> ParentKey {
    ParentKey(application.number())
}

impl Part {
    /// The fact with stand-ins; none when it names a benefit that cannot be.
    pub fn stand_in(&self) -> Option<Event> {
        Some(match self {
            Part::Registered {
                application,
                settlement,
                born,
                registered,
                draw,
                benefits,
                private_only: _,
                over_limit,
            } => {
                let claims = benefits.iter().map(|claim| {
                    Some(BenefitClaim { benefit: claim.benefit.stand_in()?, standing: claim.standing })
                });
                Event::Registered {
                    application: *application,
                    settlement: *settlement,
                    queue: kezek_rules::queue::Queue::General,
                    child: child_of(*application),
                    parent: parent_of(*application),
                    born: born.stand_in(),
                    registered: *registered,
                    draw: *draw,
                    benefits: claims.collect::<Option<_>>()?,
                    conclusion: Conclusion::None,
                    over_limit: over_limit.then(|| Act("hidden".to_owned())),
                }
            }
            Part::BenefitClaimed { application, benefit, until } => Event::BenefitClaimed {
                application: *application,
                benefit: benefit.stand_in()?,
                until: *until,
            },
            Part::BenefitConfirmed { application, benefit } => {
                Event::BenefitConfirmed { application: *application, benefit: benefit.stand_in()? }
            }
            Part::BenefitRemoved { application, benefit, cause } => Event::BenefitRemoved {
                application: *application,
                benefit: benefit.stand_in()?,
                cause: *cause,
            },
            Part::BirthCorrected { application, born } => {
                Event::BirthCorrected { application: *application, born: born.stand_in() }
            }
            // Wishes are known only once they are opened.
            Part::WishesLodged { applications, .. } => {
                Event::WishesLodged { applications: applications.clone(), choices: Vec::new() }
            }
            Part::OpeningHeld { settlement, date, .. } => {
                Event::OpeningHeld { settlement: *settlement, date: *date, turns: Vec::new() }
            }
            Part::WindowsOpened { batch, first_right, in_order, until } => {
                let by = |by: GrantedBy| move |id: &ApplicationId| WindowGrant { application: *id, by };
                let first = first_right.iter().map(by(GrantedBy::FirstRight));
                let grants = first.chain(in_order.iter().map(by(GrantedBy::Order))).collect();
                Event::WindowsOpened { batch: *batch, grants, until: *until }
            }
            Part::FrontierMoved { batch, frontier } => {
                Event::FrontierMoved { batch: *batch, frontier: *frontier, let_in: Vec::new() }
            }
            Part::ReferralExtended { referral, until } => {
                Event::ReferralExtended { referral: *referral, ground: Reason::Illness, until: *until }
            }
            Part::StayEnded { application } => Event::StayEnded { child: child_of(*application) },
            Part::Left { application } => Event::Left { child: child_of(*application) },
        })
    }
}

impl Ground {
    /// How many grounds of its class there are, and so how many an application can claim.
    pub fn is_possible(self) -> bool {
        self.stand_in().is_some()
    }
}
