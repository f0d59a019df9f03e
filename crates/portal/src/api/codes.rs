//! The codes of the rules as they stand in the API's description. Made from the rules themselves, so they agree.

use kezek_records::MediaType;
use kezek_rules::benefit::{Benefit, Class, Finding};
use kezek_rules::command::{CloseReason, Conclusion, Ground, OnReferrals, RefusalCause, WithdrawReason};
use kezek_rules::event::{ArchiveReason, IssuedHow, StopReason};
use kezek_rules::place::{GroupKind, Language, Mode, OrganisationKind, Ownership, Regime};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

use crate::words;

fn text(about: &str, codes: Vec<String>) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    text.enum_values(Some(codes)).build()
}

fn codes<T: Serialize>(about: &str, values: &[T]) -> Object {
    text(about, values.iter().map(words::code).collect())
}

pub(super) fn benefit() -> Object {
    codes("A ground of Annex 1 (254/20).", &Benefit::ALL)
}

pub(super) fn benefits() -> Array {
    let about = "Grounds of Annex 1; each is proved by originals (254/22).";
    ArrayBuilder::new().items(benefit()).description(Some(about)).build()
}

pub(super) fn class() -> Object {
    codes("Extraordinary goes before priority, priority one to three with general (254/21).", &Class::ALL)
}

pub(super) fn finding() -> Object {
    codes(
        "`not_proved`: the papers do not prove it; `false`: a negative answer of the authorised body or a forged paper (254/22).",
        &[Finding::NotProved, Finding::False],
    )
}

pub(super) fn ground() -> Object {
    codes(
        "Why the family cannot come in time; required by the law (254/30).",
        &[Ground::Illness, Ground::Hospital, Ground::BusinessTrip, Ground::Vacation],
    )
}

pub(super) fn close_reason() -> Object {
    codes(
        "Moved to another settlement, or the same child stands twice.",
        &[CloseReason::Moved, CloseReason::Duplicate],
    )
}

pub(super) fn refusal_cause() -> Object {
    codes(
        "Documents missing or out of date, or medical contraindications; required by the law (254/34).",
        &[RefusalCause::Documents, RefusalCause::Medical],
    )
}

pub(super) fn withdraw_reason() -> Object {
    use WithdrawReason::{Closure, OrderRemoved, PublicationError, Quarantine, Repair};
    codes(
        "Why places are taken back; required by the law (254/25.1).",
        &[Repair, Quarantine, OrderRemoved, Closure, PublicationError],
    )
}

pub(super) fn conclusion() -> Object {
    codes("Whether a conclusion is on file (254/17).", &[Conclusion::OnFile, Conclusion::None])
}

pub(super) fn language() -> Object {
    codes("Language of teaching; of a group or a place, never of a queue (R3.27).", &Language::ALL)
}

pub(super) fn languages() -> Array {
    ArrayBuilder::new().items(language()).description(Some("Languages of its groups.")).build()
}

pub(super) fn regime() -> Object {
    codes("Hours of the group.", &[Regime::FullDay, Regime::PartDay, Regime::RoundTheClock])
}

pub(super) fn mode() -> Object {
    codes(
        "How a place is given (254/3.5, 254/3.6, 254/3.14).",
        &[Mode::General, Mode::Early, Mode::Temporary],
    )
}

pub(super) fn group_kind() -> Object {
    codes(
        "Kind of group, and of the queue that leads to it (254/13).",
        &[GroupKind::General, GroupKind::Special, GroupKind::Sanatorium],
    )
}

pub(super) fn organisation_kind() -> Object {
    codes(
        "What the organisation is for (254/13).",
        &[OrganisationKind::General, OrganisationKind::Special, OrganisationKind::Sanatorium],
    )
}

pub(super) fn ownership() -> Object {
    codes(
        "Whose the organisation is; both kinds have a state order (254/2).",
        &[Ownership::State, Ownership::Private],
    )
}

pub(super) fn issued_how() -> Object {
    codes(
        "How a referral was issued: by a claim, by a wish list, in order of receipt, or with siblings.",
        &[IssuedHow::Claim, IssuedHow::Wish, IssuedHow::Push, IssuedHow::Family],
    )
}

pub(super) fn stop_reason() -> Object {
    use StopReason::{
        AlreadyEnrolled, BenefitFalse, BenefitUnconfirmed, EnrolmentDocs, InterestNotConfirmed,
        ReferralExpired,
    };
    codes(
        "Why an application is on the stop-list (R3.9).",
        &[
            ReferralExpired,
            BenefitUnconfirmed,
            BenefitFalse,
            EnrolmentDocs,
            InterestNotConfirmed,
            AlreadyEnrolled,
        ],
    )
}

pub(super) fn archive_reason() -> Object {
    use ArchiveReason::{Duplicate, Enrolled, MaxAge, Moved, NoInterest, Withdrawn};
    codes(
        "Why an application is in the archive (254/3.1).",
        &[Enrolled, Withdrawn, MaxAge, NoInterest, Moved, Duplicate],
    )
}

pub(super) fn status() -> Object {
    text(
        "Where an application stands (section 4 of the rules).",
        ["queued", "referred", "stop_list", "archived"].map(str::to_string).into(),
    )
}

pub(super) fn standing() -> Object {
    let names = ["pending", "confirmed", "lapsed", "rejected", "false", "given_up"];
    text("How far the proof of a benefit has come (R3.17, R3.34/16).", names.map(str::to_string).into())
}

pub(super) fn media_type() -> Object {
    codes("What the file is by its content.", &[MediaType::Pdf, MediaType::Jpeg, MediaType::Png])
}

pub(super) fn person_language() -> Object {
    use kezek_records::Language::{En, Kk, Ru};
    codes("The language of notices.", &[Kk, Ru, En])
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
    codes(
        "Whether referrals stay or the latest issued are annulled when unclaimed places do not suffice; `keep` unless given (254/25.2).",
        &[Referrals::Keep, Referrals::Annul],
    )
}
