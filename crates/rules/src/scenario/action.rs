//! The actions of scenario files and their arguments.

use crate::{
    benefit::Benefit,
    command::{Ground, RefusalCause, WithdrawReason},
    place::{GroupKind, Language, Regime},
    profile::ProfileChange,
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use kezek_calendar::Date;
use serde::{Deserialize, de::DeserializeOwned};

pub(super) enum Action {
    Submit(Submit),
    ConfirmBenefit(BenefitOf),
    RejectBenefit(RejectBenefit),
    Edit(Edit),
    WithdrawApplication(Of),
    ConfirmInterest(Of),
    Publish(Box<Publish>),
    Group(GroupArguments),
    WithdrawPlaces(WithdrawPlaces),
    FreeEarly(VacancyArgument),
    Wish(Wish),
    WishFamily(WishFamily),
    Claim(Claim),
    ClaimFamily(ClaimFamily),
    Annul(Of),
    Extend(Extend),
    ConfirmDocuments(Of),
    Enrol(Of),
    RefuseEnrolment(RefuseEnrolment),
    Leave(Leave),
    ExtendWindows(ExtendWindows),
    Freeze(Freeze),
    SetProfile(Box<SetProfile>),
}

impl Action {
    pub(super) fn parse(verb: &str, arguments: toml::Table) -> Result<Action, String> {
        Ok(match verb {
            "submit" => Action::Submit(read(verb, arguments)?),
            "confirm_benefit" => Action::ConfirmBenefit(read(verb, arguments)?),
            "reject_benefit" => Action::RejectBenefit(read(verb, arguments)?),
            "edit" => Action::Edit(read(verb, arguments)?),
            "withdraw_application" => Action::WithdrawApplication(read(verb, arguments)?),
            "confirm_interest" => Action::ConfirmInterest(read(verb, arguments)?),
            "publish" => Action::Publish(read(verb, arguments)?),
            "group" => Action::Group(read(verb, arguments)?),
            "withdraw_places" => Action::WithdrawPlaces(read(verb, arguments)?),
            "free_early" => Action::FreeEarly(read(verb, arguments)?),
            "wish" => Action::Wish(read(verb, arguments)?),
            "wish_family" => Action::WishFamily(read(verb, arguments)?),
            "claim" => Action::Claim(read(verb, arguments)?),
            "claim_family" => Action::ClaimFamily(read(verb, arguments)?),
            "annul" => Action::Annul(read(verb, arguments)?),
            "extend" => Action::Extend(read(verb, arguments)?),
            "confirm_documents" => Action::ConfirmDocuments(read(verb, arguments)?),
            "enrol" => Action::Enrol(read(verb, arguments)?),
            "refuse_enrolment" => Action::RefuseEnrolment(read(verb, arguments)?),
            "leave" => Action::Leave(read(verb, arguments)?),
            "extend_windows" => Action::ExtendWindows(read(verb, arguments)?),
            "freeze" => Action::Freeze(read(verb, arguments)?),
            "set_profile" => Action::SetProfile(read(verb, arguments)?),
            _ => return Err(format!("unknown action `{verb}`")),
        })
    }
}

fn read<T: DeserializeOwned>(verb: &str, arguments: toml::Table) -> Result<T, String> {
    T::deserialize(toml::Value::Table(arguments)).map_err(|error| format!("{verb}: {}", error.message()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    pub(super) application: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum QueueWord {
    #[default]
    General,
    Special,
    Sanatorium,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Submit {
    pub(super) application: String,
    pub(super) child: String,
    pub(super) parent: String,
    #[serde(with = "kezek_calendar::date_serde")]
    pub(super) born: Date,
    #[serde(default)]
    pub(super) queue: QueueWord,
    pub(super) organisation: Option<String>,
    pub(super) profile: Option<String>,
    #[serde(default)]
    pub(super) benefit: Vec<Benefit>,
    #[serde(default)]
    pub(super) pmpc: bool,
    pub(super) iin: Option<String>,
    /// Number and date of the provider's act that lets a further registration through (R3.14).
    pub(super) override_act: Option<String>,
    /// The original date and time of an application taken over from an earlier queue (R4.36).
    pub(super) taken_over: Option<String>,
    /// The one-application principle changes the channel, not the queue (254/8).
    #[serde(default, rename = "one_application")]
    pub(super) _one_application: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BenefitOf {
    pub(super) application: String,
    pub(super) benefit: Benefit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectBenefit {
    pub(super) application: String,
    pub(super) benefit: Benefit,
    #[serde(default)]
    pub(super) false_claim: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    pub(super) application: String,
    pub(super) benefit: Option<Vec<Benefit>>,
    #[serde(default, with = "kezek_calendar::date_serde::option")]
    pub(super) born: Option<Date>,
    pub(super) contacts: Option<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    pub(super) vacancy: String,
    pub(super) organisation: String,
    pub(super) group_id: Option<String>,
    pub(super) age: Option<u8>,
    pub(super) ages: Option<[u8; 2]>,
    pub(super) birth_year: Option<i16>,
    pub(super) language: Option<Language>,
    pub(super) count: u32,
    #[serde(default = "general")]
    pub(super) group: GroupKind,
    pub(super) profile: Option<String>,
    #[serde(default)]
    pub(super) regime: Regime,
    #[serde(default)]
    pub(super) mode: crate::place::Mode,
    #[serde(default, with = "kezek_calendar::date_serde::option")]
    pub(super) free_from: Option<Date>,
    #[serde(default, with = "kezek_calendar::date_serde::option")]
    pub(super) stay_until: Option<Date>,
    #[serde(default, with = "kezek_calendar::date_serde::option")]
    pub(super) enrol_from: Option<Date>,
}

fn general() -> GroupKind {
    GroupKind::General
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupArguments {
    pub(super) group_id: String,
    pub(super) organisation: String,
    pub(super) age: Option<u8>,
    pub(super) ages: Option<[u8; 2]>,
    pub(super) birth_year: Option<i16>,
    pub(super) language: Option<Language>,
    pub(super) capacity: u32,
    #[serde(default)]
    pub(super) enrolled: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawPlaces {
    pub(super) vacancy: String,
    pub(super) count: u32,
    pub(super) reason: Option<WithdrawReason>,
    #[serde(default)]
    pub(super) annul_referrals: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VacancyArgument {
    pub(super) vacancy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    pub(super) application: String,
    pub(super) choices: Vec<String>,
}

/// A joint list of siblings, all or none (R3.29).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WishFamily {
    pub(super) applications: Vec<String>,
    pub(super) choices: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    pub(super) application: String,
    pub(super) vacancy: String,
    /// A name for readers; nothing refers to it.
    #[serde(rename = "referral")]
    pub(super) _referral: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimFamily {
    pub(super) applications: Vec<String>,
    pub(super) organisation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extend {
    pub(super) application: String,
    pub(super) ground: Option<Ground>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefuseEnrolment {
    pub(super) application: String,
    pub(super) cause: Option<RefusalCause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Leave {
    pub(super) child: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtendWindows {
    pub(super) until: String,
    #[serde(default)]
    pub(super) act: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Freeze {
    #[serde(with = "kezek_calendar::date_serde")]
    pub(super) from: Date,
    #[serde(with = "kezek_calendar::date_serde")]
    pub(super) to: Date,
    #[serde(default)]
    pub(super) act: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetProfile {
    pub(super) values: ProfileChange,
    #[serde(default)]
    pub(super) act: String,
    #[serde(with = "kezek_calendar::date_serde")]
    pub(super) valid_from: Date,
}
