//! The kindergarten's desk: groups, publication, withdrawal, referrals, children.
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{World, publish};
use desk::{check_and_do, done, family, form, press};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::ModeTerms;
use kezek_rules::ids::{ApplicationId, GroupId, OrganisationId, VacancyId};
use kezek_rules::state::Status;

fn status(world: &World, number: u64) -> Status {
    let id = ApplicationId::from_number(number).unwrap();
    world.node.read(|state| state.application(id).unwrap().status.clone())
}

async fn claimed(world: &World, child: u64) -> u64 {
    let number = family(world, child, &[]).await;
    done(world, publish(GroupId(0), 1), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    let id = ApplicationId::from_number(number).unwrap();
    done(world, Command::Claim(id, VacancyId(0)), PrivateChanges::none()).await;
    number
}

#[tokio::test]
async fn a_group_is_opened_and_never_too_full() {
    let world = World::open().await;
    let garden = world.browser(world.garden).await;
    garden.get("/en/garden").await.is(200).has("№ 7 «Балапан»").has("Free places that are not published: 8.");
    let typed =
        [("name", "Ақбота"), ("cohort", "3-4"), ("teaching", "ru"), ("capacity", "20"), ("enrolled", "21")];
    let over = garden.post("/en/garden/groups/new", &typed).await;
    over.is(409).has("Basis: how the rules are applied, R3.30.");
    assert!(over.text.contains("Ақбота"), "what was typed is kept");
    garden.post("/en/garden/groups/new", &[("cohort", "ten")]).await.is(422).has("Write an age as 3 or 3-4");
    let typed = [typed[0], typed[1], typed[2], typed[3], ("enrolled", "5")];
    let (checked, made) = check_and_do(&garden, "/en/garden/groups/new", &typed).await;
    checked.has("Group: Ақбота. Capacity: 20");
    made.is(303);
    garden.get("/en/garden").await.has("Ақбота").has("Free places that are not published: 23.");
    // Another kindergarten's group is not there.
    garden.get("/en/garden/groups/1").await.is(404);
    garden.get("/en/garden/groups/0").await.is(200);
}

#[tokio::test]
async fn places_are_published_in_three_modes() {
    let world = World::open().await;
    let garden = world.browser(world.garden).await;
    let page = garden.get("/en/garden/publish?group=0").await;
    page.is(200).has("places not published: 8");
    let base =
        [("group", "0"), ("count", "2"), ("cohort", "2018"), ("teaching", "kk"), ("regime", "full_day")];
    let with = |more: &[(&'static str, &'static str)]| {
        let mut all = base.to_vec();
        all.extend_from_slice(more);
        all
    };
    let address = "/en/garden/publish";
    let (checked, made) = check_and_do(&garden, address, &with(&[("mode", "general")])).await;
    checked.has("Places for the bulletin: 2 (born in 2018, Kazakh, full day, generally established). Bulletin: Tuesday, 1 June 2021, 18:00. Opening: Wednesday, 2 June 2021, 07:00.");
    made.is(303);
    garden.post(address, &with(&[("mode", "early")])).await.is(422).has("Write the date as in");
    let mixed = garden.post(address, &with(&[("mode", "general"), ("stay-until", "2021-12-31")])).await;
    mixed.is(422).has("This date is not for the chosen mode");
    let early = with(&[("mode", "early"), ("free-from", "2021-08-01")]);
    check_and_do(&garden, address, &early).await.1.is(303);
    let temporary = with(&[("mode", "temporary"), ("stay-until", "31.12.2021")]);
    check_and_do(&garden, address, &temporary).await.1.is(303);
    let terms: Vec<ModeTerms> =
        world.node.read(|state| state.vacancies().map(|(_, one)| one.terms).collect());
    assert!(matches!(terms[..], [ModeTerms::General, ModeTerms::Early(_), ModeTerms::Temporary(_)]));

    let many = [("group", "0"), ("count", "7"), base[2], base[3], base[4], ("mode", "general")];
    garden.post(address, &many).await.is(409).has("R3.30");
    let foreign = [("group", "1"), base[1], base[2], base[3], base[4], ("mode", "general")];
    garden.post(address, &foreign).await.is(422).has("Choose a group from the list.");

    let list = garden.get("/en/garden").await;
    list.has("waits for the bulletin").has("early booking");
    let draft = garden.get("/en/garden/vacancies/1/free").await;
    draft.has("The place is free before its date");
    press(&garden, &draft, "/vacancies/1/free").await.is(303);
    garden.get("/en/garden/vacancies/0/free").await.is(409);
}

#[tokio::test]
async fn a_withdrawal_tells_whom_it_hits() {
    let world = World::open().await;
    let number = claimed(&world, 11).await;
    family(&world, 12, &[]).await;
    let garden = world.browser(world.garden).await;
    let address = "/en/garden/vacancies/0";
    garden.get(address).await.is(200).has("With a referral 1");
    let keep = [("count", "1"), ("reason", "repair"), ("referrals", "keep")];
    garden.post(address, &[("count", "1"), ("referrals", "keep")]).await.is(422).has("Choose a reason.");
    garden.post(address, &keep).await.is(409);
    let annul = [("count", "1"), ("reason", "repair"), ("referrals", "annul")];
    let (checked, made) = check_and_do(&garden, address, &annul).await;
    checked
        .has("not yet published – 0, published and free – 0, with a referral – 1.")
        .has("Application No. 1: the referral is annulled (the kindergarten took the place back).")
        .has("The application comes back to the queue with its original time.");
    made.is(303);
    assert_eq!(status(&world, number), Status::Queued);
    garden.get(address).await.has("Nothing is left to change about these places.");
    world.browser(world.special).await.get(address).await.is(404);
}

#[tokio::test]
async fn a_child_is_enrolled_and_leaves() {
    let world = World::open().await;
    let number = claimed(&world, 11).await;
    let garden = world.browser(world.garden).await;
    let list = garden.get("/en/garden/referrals").await;
    list.is(200).has("Тоғайбаева Бала-11").has("Wednesday, 9 June 2021, 23:59").has("originals awaited");
    assert_eq!(world.node.people().accesses(11).await.unwrap().len(), 1, "the look is noted");
    let address = format!("/en/garden/referrals/{number}");
    garden.get(&address).await.has("Confirm the originals").has_not("Enrol the child");
    garden.get(&format!("{address}/enrol")).await.is(409).has("254").has_not("What will happen");
    let draft = garden.get(&format!("{address}/originals")).await;
    press(&garden, &draft, "/originals").await.is(303);
    let draft = garden.get(&format!("{address}/enrol")).await;
    draft.has("the child is enrolled – № 7 «Балапан»");
    let seen = form(&draft, "/enrol", "seen").1;
    let fields = [("step", "do"), ("seen", seen)];
    garden.post_as(&format!("{address}/enrol"), "k", &fields).await.is(303);
    garden.post_as(&format!("{address}/enrol"), "k", &fields).await.is(303);
    // By the back button and again, with a new key; nothing personal is shown any more.
    for page in [
        garden.post(&format!("{address}/enrol"), &fields).await,
        garden.get(&format!("{address}/enrol")).await,
        garden.get(&address).await,
    ] {
        page.is(409).has("The child was enrolled on this referral already").has_not("Бала-11");
    }
    world.browser(world.special).await.get(&address).await.is(404);
    assert!(matches!(status(&world, number), Status::Archived(_)));
    assert_eq!(world.node.read(|state| state.group(GroupId(0)).unwrap().enrolled()), 3);

    garden.get("/en/garden/children").await.has("Тоғайбаева Бала-11");
    let draft = garden.get(&format!("/en/garden/children/{number}/leave")).await;
    press(&garden, &draft, "/leave").await.is(303);
    assert_eq!(world.node.read(|state| state.group(GroupId(0)).unwrap().enrolled()), 2);
    garden.get("/en/garden/children").await.has("Nobody has been enrolled");
}

#[tokio::test]
async fn enrolment_is_refused_for_the_causes_of_the_law() {
    let world = World::open().await;
    let number = claimed(&world, 11).await;
    let garden = world.browser(world.garden).await;
    let address = format!("/en/garden/referrals/{number}");
    garden.get(&format!("{address}/refuse-mood")).await.is(404);
    garden
        .get(&format!("{address}/refuse-medical"))
        .await
        .has("comes back to the queue with its original time");
    let draft = garden.get(&format!("{address}/refuse-documents")).await;
    draft.has("Reason: the kindergarten annulled the enrolment for documents");
    press(&garden, &draft, "/refuse-documents").await.is(303);
    assert!(matches!(status(&world, number), Status::StopListed(_)));
    garden.get(&address).await.is(409).has("This referral is over").has_not("Бала-11");
    // The place waits for the next bulletin.
    let returned = world.node.read(|state| state.vacancy(VacancyId(0)).unwrap().returned);
    assert_eq!(returned, 1);
    assert_eq!(world.node.read(|state| state.vacancy(VacancyId(0)).unwrap().organisation), OrganisationId(0));
}
