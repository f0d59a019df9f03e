//! Who may do what: one table for every page and every call of the API.
//!
//! Whether a thing is one's own (a parent's application, a kindergarten's place) is asked where the thing is looked
//! up; see [`crate::own`].

use kezek_records::Role;

/// Everything that a page or a call can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Home, bulletins, free places, the queue, an application's state, the protocol of referrals (254/24.8).
    SeePublic,
    /// Sign in with IIN and password.
    SignIn,
    /// End one's own session.
    SignOut,
    /// Change one's own password.
    ChangePassword,
    /// Pick a made-up person of a demonstration, move its clock.
    UseDemo,
    /// One's own applications, notices, contacts, and who looked at one's data.
    SeeOwn,
    /// Apply for one's own child (254/5).
    Apply,
    /// Change one's own application: benefits, contacts, interest, wishes (254/23.1, 254/23.2).
    EditOwn,
    /// Take a place, give it back, extend (254/23.1, 254/30).
    UseReferral,
    /// Withdraw one's own application (254/23.1).
    WithdrawOwn,
    /// The provider's work list, stop-list and monthly request.
    SeeDesk,
    /// A family's application with its personal data and documents.
    SeePerson,
    /// Apply at the office for a family; let a fourth registration through by an act (254/5, R3.14).
    Register,
    /// Confirm or reject benefits, originals, conclusions (254/22).
    ConfirmPapers,
    /// Close an application that moved away or stands twice.
    CloseApplication,
    /// The monthly consolidated request of benefits and its answers (254/22).
    AskAuthority,
    /// The rule profile and its acts.
    SeeProfile,
    /// Change the rule profile by an act (R3.21).
    SetProfile,
    /// Extend open windows, halt bulletins and openings by an act (R3.31, R3.34/30).
    ActOnSettlement,
    /// Enter an earlier queue, or kindergartens with their groups, from a spreadsheet.
    Import,
    /// A kindergarten's groups, places, referrals.
    SeeGarden,
    /// Open a group, change it (R3.30).
    SetGroup,
    /// Publish places, withdraw them, free them early (254/25).
    OfferPlaces,
    /// Enrol, refuse with a lawful cause, note that a child left (254/31–34).
    Enrol,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 24] = [
        Self::SeePublic,
        Self::SignIn,
        Self::SignOut,
        Self::ChangePassword,
        Self::UseDemo,
        Self::SeeOwn,
        Self::Apply,
        Self::EditOwn,
        Self::UseReferral,
        Self::WithdrawOwn,
        Self::SeeDesk,
        Self::SeePerson,
        Self::Register,
        Self::ConfirmPapers,
        Self::CloseApplication,
        Self::AskAuthority,
        Self::SeeProfile,
        Self::SetProfile,
        Self::ActOnSettlement,
        Self::Import,
        Self::SeeGarden,
        Self::SetGroup,
        Self::OfferPlaces,
        Self::Enrol,
    ];

    /// The code in the access journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::SeePublic => "see_public",
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::ChangePassword => "change_password",
            Self::UseDemo => "use_demo",
            Self::SeeOwn => "see_own",
            Self::Apply => "apply",
            Self::EditOwn => "edit_own",
            Self::UseReferral => "use_referral",
            Self::WithdrawOwn => "withdraw_own",
            Self::SeeDesk => "see_desk",
            Self::SeePerson => "see_person",
            Self::Register => "register",
            Self::ConfirmPapers => "confirm_papers",
            Self::CloseApplication => "close_application",
            Self::AskAuthority => "ask_authority",
            Self::SeeProfile => "see_profile",
            Self::SetProfile => "set_profile",
            Self::ActOnSettlement => "act_on_settlement",
            Self::Import => "import",
            Self::SeeGarden => "see_garden",
            Self::SetGroup => "set_group",
            Self::OfferPlaces => "offer_places",
            Self::Enrol => "enrol",
        }
    }

    /// The table: who may do it.
    pub fn allowed(self) -> Allowed {
        use Role::{Administrator, Akimat, Auditor, Kindergarten, Parent, Provider, StateCorporation};
        match self {
            Self::SeePublic | Self::SignIn | Self::UseDemo => Allowed::Everybody,
            Self::SignOut | Self::ChangePassword => Allowed::SignedIn,
            Self::SeeOwn | Self::Apply | Self::EditOwn | Self::UseReferral | Self::WithdrawOwn => {
                Allowed::Roles(&[Parent])
            }
            Self::SeeDesk => Allowed::Roles(&[Provider, StateCorporation, Akimat, Auditor]),
            Self::SeePerson | Self::Register => Allowed::Roles(&[Provider, StateCorporation]),
            Self::ConfirmPapers | Self::CloseApplication | Self::AskAuthority => Allowed::Roles(&[Provider]),
            Self::SeeProfile => Allowed::Roles(&[Provider, Akimat, Auditor]),
            Self::SetProfile | Self::ActOnSettlement => Allowed::Roles(&[Provider, Akimat]),
            Self::Import => Allowed::Roles(&[Provider, Akimat, Administrator]),
            Self::SeeGarden | Self::SetGroup | Self::OfferPlaces | Self::Enrol => {
                Allowed::Roles(&[Kindergarten])
            }
        }
    }

    /// Whether somebody with these roles may do it; nobody signed in has no roles.
    pub fn is_allowed(self, signed_in: Option<&[Role]>) -> bool {
        match (self.allowed(), signed_in) {
            (Allowed::Everybody, _) | (Allowed::SignedIn, Some(_)) => true,
            (Allowed::Roles(allowed), Some(roles)) => roles.iter().any(|role| allowed.contains(role)),
            (_, None) => false,
        }
    }
}

/// Who may do an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Signed in or not.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// These roles.
    Roles(&'static [Role]),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_its_own_code() {
        let codes: BTreeSet<&str> = Action::ALL.iter().map(|action| action.code()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
    }

    #[test]
    fn roles_stay_in_their_rooms() {
        for action in Action::ALL {
            let parent = action.is_allowed(Some(&[Role::Parent]));
            let provider = action.is_allowed(Some(&[Role::Provider]));
            let garden = action.is_allowed(Some(&[Role::Kindergarten]));
            let everybody = action.is_allowed(None);
            let is_anybodys = action.allowed() == Allowed::SignedIn;
            if !everybody && !is_anybodys {
                assert!(u8::from(parent) + u8::from(provider) + u8::from(garden) <= 1, "{action:?}");
            }
            assert_eq!(action.is_allowed(Some(&[])), everybody || is_anybodys, "{action:?}");
        }
        assert!(!Action::SeePerson.is_allowed(Some(&[Role::Auditor])), "an auditor sees no person");
        let administrators: Vec<Action> = Action::ALL
            .into_iter()
            .filter(|action| matches!(action.allowed(), Allowed::Roles(_)))
            .filter(|action| action.is_allowed(Some(&[Role::Administrator])))
            .collect();
        assert_eq!(administrators, [Action::Import], "an administrator fills the service and sees no person");
    }
}
