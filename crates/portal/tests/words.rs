//! Every code of the rules has its words in every language.

use kezek_portal::ctx::Ctx;
use kezek_portal::language::Language;
use kezek_portal::rights::Action;
use kezek_portal::texts::{MISSING, Texts};
use kezek_portal::words::{named, role, word};
use kezek_records::Role;
use kezek_rules::benefit::{Benefit, Class};
use kezek_rules::command::{CloseReason, Ground, RefusalCause, WithdrawReason};
use kezek_rules::event::{ArchiveReason, BenefitLoss, IssuedHow, ReferralEnd, StopReason};
use kezek_rules::notice::MessageKind;
use kezek_rules::place::{GroupKind, Language as Spoken, Mode, OrganisationKind, Ownership, Regime};
use kezek_rules::ranking::Cause;
use serde::Serialize;

fn each<T: Serialize>(ctx: &Ctx, family: &str, values: impl IntoIterator<Item = T>) {
    for value in values {
        let text = word(ctx, family, &value);
        assert!(!text.contains(MISSING) && !text.is_empty(), "{family}: {text}");
    }
}

fn contexts() -> [Ctx; 3] {
    Language::ALL.map(|language| Ctx::sample(language, "/"))
}

#[test]
fn reasons_and_causes() {
    for ctx in contexts() {
        use StopReason as S;
        each(&ctx, "stop", [S::ReferralExpired, S::BenefitUnconfirmed, S::BenefitFalse, S::EnrolmentDocs]);
        each(&ctx, "stop", [S::InterestNotConfirmed, S::AlreadyEnrolled]);
        use ArchiveReason as A;
        each(&ctx, "archive", [A::Enrolled, A::Withdrawn, A::MaxAge, A::NoInterest, A::Moved, A::Duplicate]);
        use ReferralEnd as E;
        each(&ctx, "end", [E::AnnulledByApplicant, E::PlaceWithdrawn, E::Expired, E::BenefitUnconfirmed]);
        each(&ctx, "end", [E::BenefitFalse, E::Documents, E::Medical, E::Withdrawn, E::PermanentClaimed]);
        each(&ctx, "end", [E::EnrolledElsewhere, E::Archived]);
        use BenefitLoss as L;
        each(&ctx, "loss", [L::Lapsed, L::NotProved, L::False, L::GivenUp, L::NotShownAgain]);
        use WithdrawReason as W;
        each(&ctx, "withdraw", [W::Repair, W::Quarantine, W::OrderRemoved, W::Closure, W::PublicationError]);
        each(&ctx, "ground", [Ground::Illness, Ground::Hospital, Ground::BusinessTrip, Ground::Vacation]);
        each(&ctx, "enrol-refusal", [RefusalCause::Documents, RefusalCause::Medical]);
        each(&ctx, "close", [CloseReason::Moved, CloseReason::Duplicate]);
        for cause in ["extraordinary_joined", "priority_joined", "benefit_changed", "returned", "referred"] {
            assert!(Cause::from_code(cause).is_some() && !named(&ctx, "cause", cause).contains(MISSING));
        }
        for cause in ["left", "archived", "stop_listed", "reordered"] {
            assert!(Cause::from_code(cause).is_some() && !named(&ctx, "cause", cause).contains(MISSING));
        }
    }
}

#[test]
fn terms_of_places_benefits_and_roles() {
    for ctx in contexts() {
        each(&ctx, "class", Class::ALL);
        each(&ctx, "benefit", Benefit::ALL);
        each(&ctx, "lang", Spoken::ALL);
        each(&ctx, "mode", [Mode::General, Mode::Early, Mode::Temporary]);
        each(&ctx, "regime", [Regime::FullDay, Regime::PartDay, Regime::RoundTheClock]);
        each(&ctx, "ownership", [Ownership::State, Ownership::Private]);
        each(&ctx, "queue", [GroupKind::General, GroupKind::Special, GroupKind::Sanatorium]);
        let kinds = [OrganisationKind::General, OrganisationKind::Special, OrganisationKind::Sanatorium];
        each(&ctx, "kind", kinds);
        each(&ctx, "how", [IssuedHow::Claim, IssuedHow::Wish, IssuedHow::Push, IssuedHow::Family]);
        use Role as R;
        let roles = [R::Parent, R::Provider, R::Kindergarten, R::Akimat, R::StateCorporation, R::Auditor];
        for one in roles.into_iter().chain([R::Administrator]) {
            assert!(!role(&ctx, one).contains(MISSING));
        }
    }
}

#[test]
fn every_notice_and_every_official_look_is_told() {
    for language in Language::ALL {
        let texts = Texts::of(language);
        for kind in MessageKind::ALL {
            let id = format!("message-{}", kind.code().replace('_', "-"));
            assert!(texts.has(&id), "{id}");
        }
        for action in Action::ALL
            .into_iter()
            .filter(|action| action.is_allowed(Some(&[Role::Provider, Role::Kindergarten])))
        {
            let id = format!("why-{}", action.code().replace('_', "-"));
            let is_looking = texts.has(&id);
            let looks =
                [Action::SeePerson, Action::ConfirmPapers, Action::Register, Action::CloseApplication];
            let looks = looks.into_iter().chain([Action::AskAuthority, Action::Enrol, Action::SeeGarden]);
            assert!(is_looking || !looks.into_iter().any(|look| look == action), "{id}");
        }
    }
}
