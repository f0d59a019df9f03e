//! What is taken on trust, counted (R3.34/32).

use serde::Serialize;

/// A kind of hidden data on which a public fact rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Whose child: one application in a queue, three registrations, nobody enrolled twice (254/15, 254/19, R3.34/23).
    SameChild,
    /// Whose application: siblings together (254/29).
    SameParent,
    /// Papers that prove a benefit (254/20, 254/22).
    Benefit,
    /// Why a kindergarten refused (254/34).
    Refusal,
    /// A conclusion on file lifts the age limit (254/18, 254/24.9).
    Conclusion,
    /// Only private organisations after a benefit referral (254/16).
    PrivateOnly,
    /// An earlier queue was taken over with its times.
    TakenOver,
    /// Facts of which the public hears nothing: special and sanatorium queues, contacts, papers, messages.
    Kept,
}
