//! The provider's desk: the work list, papers, the stop-list, acts.
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{World, publish};
use desk::{check_and_do, done, family, form, press};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::ids::{ApplicationId, GroupId, SettlementId, VacancyId};
use kezek_rules::state::Status;

fn standing(world: &World, number: u64) -> Standing {
    let id = ApplicationId::from_number(number).unwrap();
    world.node.read(|state| state.application(id).unwrap().claims[0].standing)
}

fn status(world: &World, number: u64) -> Status {
    let id = ApplicationId::from_number(number).unwrap();
    world.node.read(|state| state.application(id).unwrap().status.clone())
}

#[tokio::test]
async fn a_benefit_is_confirmed_from_the_work_list() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::LargeFamily]).await;
    let desk = world.browser(world.provider).await;
    let list = desk.get("/en/desk").await;
    list.is(200).has("Child of a large family").has("Tuesday, 8 June 2021, 23:59");

    // 254/22: the thirty minutes.
    let address = format!("/en/desk/applications/{number}");
    let page = desk.get(&address).await;
    page.is(200).has("Тоғайбаева Бала-11").has("Number 1 of 1").has("The originals are shown now");
    assert!(world.node.people().accesses(11).await.unwrap().len() == 1, "the look is noted");
    desk.post(&format!("{address}/shown"), &[]).await.is(303);
    world.at("2021-06-01T12:12:00").await;
    desk.get("/en/desk").await.has("Minutes left to confirm: 18.");
    world.at("2021-06-01T12:45:00").await;
    desk.get("/en/desk").await.has("Minutes late: 15.");

    let page = desk.get(&address).await;
    page.has("the benefit is confirmed – Child of a large family. Right: priority.");
    let answer = press(&desk, &page, "/benefits/large_family/confirmed").await;
    answer.is(303);
    assert_eq!(answer.location, format!("{address}?done=desk-confirmed"));
    assert_eq!(standing(&world, number), Standing::Confirmed);
    desk.get(&answer.location).await.has("The benefit is confirmed.").has_not("Minutes late");
    desk.get("/en/desk").await.has("Nothing waits to be checked now.");
}

#[tokio::test]
async fn a_false_benefit_shows_its_effect_first() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::Serviceman]).await;
    let id = ApplicationId::from_number(number).unwrap();
    done(&world, Command::ConfirmBenefit(id, Benefit::Serviceman), PrivateChanges::none()).await;
    done(&world, publish(GroupId(0), 1), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    done(&world, Command::Claim(id, VacancyId(0)), PrivateChanges::none()).await;
    let desk = world.browser(world.provider).await;
    desk.get("/en/desk?show=referrals").await.has("Originals after the referral: № 7 «Балапан»");
    desk.get("/en/desk?show=benefits").await.has("Nothing waits");

    let address = format!("/en/desk/applications/{number}/benefits/serviceman/false");
    let draft = desk.get(&address).await;
    draft
        .is(200)
        .has("the referral is annulled (the benefit was found false)")
        .has("goes to the stop-list")
        .has("Until: Saturday, 12 June 2021, 23:59");
    assert!(matches!(status(&world, number), Status::Referred(_)), "a look changes nothing");
    press(&desk, &draft, "/benefits/serviceman/false").await.is(303);
    assert!(matches!(status(&world, number), Status::StopListed(_)));
    let stop_list = desk.get("/en/desk/stop-list").await;
    stop_list.has("the authorised body found the benefit false").has("Sunday, 13 June 2021, 00:00");
    desk.get("/en/desk/stop-list?reason=referral_expired").await.has("Applications on the stop-list: 0");
}

#[tokio::test]
async fn what_was_shown_is_what_is_done() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::Serviceman]).await;
    let id = ApplicationId::from_number(number).unwrap();
    let desk = world.browser(world.provider).await;
    let address = format!("/en/desk/applications/{number}/benefits/serviceman/not_proved");
    let old = desk.get(&address).await;
    old.has_not("stop-list");
    done(&world, Command::ConfirmBenefit(id, Benefit::Serviceman), PrivateChanges::none()).await;
    done(&world, publish(GroupId(0), 1), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    done(&world, Command::Claim(id, VacancyId(0)), PrivateChanges::none()).await;
    let answer = press(&desk, &old, "/not_proved").await;
    answer.is(409).has("Nothing was done").has("the referral is annulled");
    // Reloading the page that says so does nothing either.
    let stale = [("step", "do"), ("seen", form(&old, "/not_proved", "seen").1)];
    for _ in 0..2 {
        desk.post_as(&address, "k0", &stale).await.is(409);
    }
    assert_eq!(standing(&world, number), Standing::Confirmed);

    // The same form twice is one act.
    let seen = form(&answer, "/not_proved", "seen").1;
    let fields = [("step", "do"), ("seen", seen)];
    desk.post_as(&address, "k1", &fields).await.is(303);
    let head = world.node.head();
    desk.post_as(&address, "k1", &fields).await.is(303);
    assert_eq!(world.node.head(), head);
}

#[tokio::test]
async fn other_rooms_stay_closed() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    let address = format!("/en/desk/applications/{number}");
    world.browser(world.aigul).await.get("/en/desk").await.is(403);
    world.browser(world.garden).await.get(&address).await.is(403);
    let auditor = world.browser(world.auditor).await;
    auditor.get("/en/desk").await.is(200);
    auditor.get("/en/desk/profile").await.is(200).has_not("Set values by an act");
    auditor.get(&address).await.is(403);
    auditor.get("/en/desk/profile/change").await.is(403);
    world.visitor().get("/en/desk").await.is(303);
    let desk = world.browser(world.provider).await;
    desk.get("/en/desk/applications/99").await.is(404);
    desk.get("/en/desk?number=1").await.is(303);
    desk.get("/en/desk?number=one").await.is(200).has("Write the number in digits.");
    assert!(world.node.people().accesses(11).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_application_is_closed_or_found_elsewhere() {
    let world = World::open().await;
    let moved = family(&world, 11, &[]).await;
    let found = family(&world, 12, &[]).await;
    let desk = world.browser(world.provider).await;
    let address = |number: u64, reason: &str| format!("/en/desk/applications/{number}/close/{reason}");
    let draft = desk.get(&address(moved, "moved")).await;
    draft.has("goes into the archive. Reason: the family moved to another settlement.");
    press(&desk, &draft, "/close/moved").await.is(303);
    assert!(matches!(status(&world, moved), Status::Archived(_)));
    let draft = desk.get(&address(found, "found-enrolled")).await;
    press(&desk, &draft, "/close/found-enrolled").await.is(303);
    assert!(matches!(status(&world, found), Status::StopListed(_)));
    let page = desk.get(&format!("/en/desk/applications/{found}")).await;
    page.has("Until it is resolved.").has("The child has left that kindergarten");
    let draft = desk.get(&address(found, "left-there")).await;
    press(&desk, &draft, "/close/left-there").await.is(303);
    assert_eq!(status(&world, found), Status::Queued);
    desk.get(&address(found, "left-there")).await.is(409);
}

#[tokio::test]
async fn a_conclusion_keeps_what_was_typed() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    let desk = world.browser(world.provider).await;
    let address = format!("/en/desk/applications/{number}/conclusion");
    let long = "ә".repeat(301);
    let wrong = desk.post(&address, &[("conclusion", &long)]).await;
    wrong.is(422).has("Describe the conclusion");
    assert!(wrong.text.contains(&long));
    let (_, made) = check_and_do(&desk, &address, &[("conclusion", "ПМПК № 5, 01.06.2021")]).await;
    made.is(303);
    desk.get(&format!("/en/desk/applications/{number}")).await.has("ПМПК № 5, 01.06.2021");
}

#[tokio::test]
async fn the_profile_changes_by_an_act_from_a_date() {
    let world = World::open().await;
    let desk = world.browser(world.provider).await;
    desk.get("/en/desk/profile").await.has("Time of the bulletin (254/24.3) 18:00").has("01.10");
    let address = "/en/desk/profile/change";
    let wrong = desk.post(address, &[("bulletin_time", "25:00"), ("act-number", "12-ә")]).await;
    wrong.is(422).has("No such value").has("Write the date as in 01.06.2021");
    assert!(wrong.text.contains("25:00") && wrong.text.contains("12-ә"), "what was typed is kept");
    desk.post(address, &[]).await.is(422).has("Write at least one value.");

    let typed = [
        ("bulletin_time", "17:30"),
        ("priority_pattern", "GGGP"),
        ("act-number", "12-ә"),
        ("act-date", "2021-05-31"),
        ("valid-from", "10.06.2021"),
    ];
    let (checked, made) = check_and_do(&desk, address, &typed).await;
    checked.has("18:00 → 17:30").has("From: Thursday, 10 June 2021");
    made.is(303);
    let page = desk.get(&made.location).await;
    page.has("№ 12-ә, 31.05.2021").has("not in force yet").has("Time of the bulletin (254/24.3) 18:00");
    world.at("2021-06-10T08:00:00").await;
    desk.get("/en/desk/profile").await.has("Time of the bulletin (254/24.3) 17:30").has("in force");
    let bulletin = world.node.read(|state| state.settlement(SettlementId(0)).unwrap().profile.bulletin_time);
    assert_eq!(bulletin.to_string(), "17:30:00");
}

#[tokio::test]
async fn terms_are_lengthened_and_openings_halted_by_acts() {
    let world = World::open().await;
    family(&world, 11, &[]).await;
    done(&world, publish(GroupId(0), 2), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    let desk = world.browser(world.provider).await;
    let act = [("act-number", "7"), ("act-date", "02.06.2021")];
    let past = [("until-date", "01.06.2021"), ("until-time", "10:00"), act[0], act[1]];
    desk.post("/en/desk/extend", &past).await.is(409);
    let typed = [("until-date", "07.06.2021"), ("until-time", "12:00"), act[0], act[1]];
    let (checked, made) = check_and_do(&desk, "/en/desk/extend", &typed).await;
    checked.has("open windows – 1, referrals – 0. The new end: Monday, 7 June 2021, 11:59.");
    made.is(303);

    let typed = [("from", "08.06.2021"), ("to", "2021-06-09"), act[0], act[1]];
    let wrong = desk.post("/en/desk/freeze", &[("from", "09.06.2021"), ("to", "08.06.2021")]).await;
    wrong.is(422).has("The last day cannot be before the first.");
    let (checked, made) = check_and_do(&desk, "/en/desk/freeze", &typed).await;
    checked.has("No bulletin and no opening: Tuesday, 8 June 2021 – Wednesday, 9 June 2021.");
    made.is(303);
    desk.get("/en/desk/freeze").await.has("№ 7, 02.06.2021");
}

#[tokio::test]
async fn every_page_of_the_desks_speaks_every_language() {
    let world = World::open().await;
    let number = family(&world, 11, &[Benefit::Serviceman]).await;
    let id = ApplicationId::from_number(number).unwrap();
    done(&world, Command::ConfirmBenefit(id, Benefit::Serviceman), PrivateChanges::none()).await;
    done(&world, publish(GroupId(0), 2), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    done(&world, Command::Claim(id, VacancyId(0)), PrivateChanges::none()).await;
    let desk = world.browser(world.provider).await;
    let garden = world.browser(world.garden).await;
    let one = format!("desk/applications/{number}");
    let incoming = format!("garden/referrals/{number}");
    let of_desk = [
        "desk".to_string(),
        "desk?show=referrals&page=7".into(),
        "desk/stop-list".into(),
        "desk/monthly".into(),
        "desk/profile".into(),
        "desk/profile/change".into(),
        "desk/extend".into(),
        "desk/freeze".into(),
        "desk/apply".into(),
        "desk/import".into(),
        format!("{one}/benefits/serviceman/false"),
        format!("{one}/originals"),
        format!("{one}/conclusion"),
        format!("{one}/close/moved"),
        one,
    ];
    let of_garden = [
        "garden".to_string(),
        "garden?page=3".into(),
        "garden/groups/new".into(),
        "garden/groups/0".into(),
        "garden/publish?group=0".into(),
        "garden/vacancies/0".into(),
        "garden/referrals".into(),
        "garden/children".into(),
        format!("{incoming}/originals"),
        format!("{incoming}/refuse-medical"),
        incoming,
    ];
    for (browser, pages) in [(&desk, of_desk.as_slice()), (&garden, of_garden.as_slice())] {
        for language in ["kk", "ru", "en"] {
            for page in pages {
                let answer = browser.get(&format!("/{language}/{page}")).await;
                answer.is(200).has_not("⟦");
                assert!(!answer.text.contains("<script"), "{page} works without scripts");
                let title = answer.text.split("<title>").nth(1).unwrap().split('<').next().unwrap();
                assert!(!title.contains("Бала-11"), "no name in the title of {page}");
            }
        }
    }
}
