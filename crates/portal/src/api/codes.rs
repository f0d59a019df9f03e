//! The codes of the rules as they stand in the API's description. Made from the rules themselves, so they agree.

use kezek_records::MediaType;
use kezek_rules::benefit::{Benefit, Class, Finding};
use kezek_rules::command::{CloseReason, Conclusion, Ground, OnReferrals, RefusalCause, WithdrawReason};
use kezek_rules::event::{ArchiveReason, IssuedHow, StopReason};
use kezek_rules::place::{GroupKind, Language, Mode, OrganisationKind, Ownership, Regime};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

use crate::words;

fn text(codes: Vec<String>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes)).build()
}

fn codes<T: Serialize>(values: &[T]) -> Object {
    text(values.iter().map(words::code).collect())
}

pub(super) fn benefit() -> Object {
    codes(&Benefit::ALL)
}

pub(super) fn benefits() -> Array {
    ArrayBuilder::new().items(benefit()).build()
}

pub(super) fn class() -> Object {
    codes(&Class::ALL)
}

pub(super) fn finding() -> Object {
    codes(&[Finding::NotProved, Finding::False])
}

pub(super) fn ground() -> Object {
    codes(&[Ground::Illness, Ground::Hospital, Ground::BusinessTrip, Ground::Vacation])
}

pub(super) fn close_reason() -> Object {
    codes(&[CloseReason::Moved, CloseReason::Duplicate])
}

pub(super) fn refusal_cause() -> Object {
    codes(&[RefusalCause::Documents, RefusalCause::Medical])
}

pub(super) fn withdraw_reason() -> Object {
    use WithdrawReason::{Closure, OrderRemoved, PublicationError, Quarantine, Repair};
    codes(&[Repair, Quarantine, OrderRemoved, Closure, PublicationError])
}

pub(super) fn conclusion() -> Object {
    codes(&[Conclusion::OnFile, Conclusion::None])
}

pub(super) fn language() -> Object {
    codes(&Language::ALL)
}

pub(super) fn languages() -> Array {
    ArrayBuilder::new().items(language()).build()
}

pub(super) fn regime() -> Object {
    codes(&[Regime::FullDay, Regime::PartDay, Regime::RoundTheClock])
}

pub(super) fn mode() -> Object {
    codes(&[Mode::General, Mode::Early, Mode::Temporary])
}

pub(super) fn group_kind() -> Object {
    codes(&[GroupKind::General, GroupKind::Special, GroupKind::Sanatorium])
}

pub(super) fn organisation_kind() -> Object {
    codes(&[OrganisationKind::General, OrganisationKind::Special, OrganisationKind::Sanatorium])
}

pub(super) fn ownership() -> Object {
    codes(&[Ownership::State, Ownership::Private])
}

pub(super) fn issued_how() -> Object {
    codes(&[IssuedHow::Claim, IssuedHow::Wish, IssuedHow::Push, IssuedHow::Family])
}

pub(super) fn stop_reason() -> Object {
    use StopReason::{
        AlreadyEnrolled, BenefitFalse, BenefitUnconfirmed, EnrolmentDocs, InterestNotConfirmed,
        ReferralExpired,
    };
    codes(&[
        ReferralExpired,
        BenefitUnconfirmed,
        BenefitFalse,
        EnrolmentDocs,
        InterestNotConfirmed,
        AlreadyEnrolled,
    ])
}

pub(super) fn archive_reason() -> Object {
    use ArchiveReason::{Duplicate, Enrolled, MaxAge, Moved, NoInterest, Withdrawn};
    codes(&[Enrolled, Withdrawn, MaxAge, NoInterest, Moved, Duplicate])
}

pub(super) fn status() -> Object {
    text(["queued", "referred", "stop_list", "archived"].map(str::to_string).into())
}

pub(super) fn standing() -> Object {
    let names = ["pending", "confirmed", "lapsed", "rejected", "false", "given_up"];
    text(names.map(str::to_string).into())
}

pub(super) fn media_type() -> Object {
    codes(&[MediaType::Pdf, MediaType::Jpeg, MediaType::Png])
}

pub(super) fn person_language() -> Object {
    use kezek_records::Language::{En, Kk, Ru};
    codes(&[Kk, Ru, En])
}

/// What happens to issued referrals when unclaimed places do not suffice (254/25.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Referrals {
    /// They stay, and the act is refused.
    #[default]
    Keep,
    /// The latest issued are annulled.
    Annul,
}

impl From<Referrals> for OnReferrals {
    fn from(referrals: Referrals) -> Self {
        match referrals {
            Referrals::Keep => Self::Keep,
            Referrals::Annul => Self::Annul,
        }
    }
}

pub(super) fn referrals() -> Object {
    codes(&[Referrals::Keep, Referrals::Annul])
}
