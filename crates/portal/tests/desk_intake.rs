//! What comes in at the provider's desk: applications at the office, answers of the authorised body, earlier queues.
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{Answer, World, day, iin};
use desk::{done, family, form};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::benefit::{Benefit, Standing};
use kezek_rules::command::CloseReason;
use kezek_rules::ids::ApplicationId;

const HEADING: &str = "settlement;date and time of registration;child's IIN;child's surname;child's name;\
    child's birth date;parent's IIN;parent's surname;parent's name;phone";

fn standings(world: &World) -> Vec<Standing> {
    world.node.read(|state| {
        state
            .applications()
            .flat_map(|(_, one)| one.claims.iter().map(|claim| claim.standing).collect::<Vec<_>>())
            .collect()
    })
}

#[tokio::test]
async fn the_monthly_request_goes_out_and_its_answers_come_in() {
    let world = World::open().await;
    let asked = family(&world, 11, &[Benefit::Serviceman]).await;
    let both = family(&world, 12, &[Benefit::Serviceman, Benefit::SpecialBody]).await;
    family(&world, 13, &[Benefit::LargeFamily]).await;
    let desk = world.browser(world.provider).await;
    desk.get("/en/desk/monthly").await.is(200).has("Extraordinary rights to be verified now: 3.");
    let request = desk.get("/en/desk/monthly/request.csv").await;
    request.is(200);
    assert_eq!(request.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = request.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with(&format!("{asked};Child of a serviceman")) && lines[1].contains("Бала-11"));
    assert_eq!(world.node.people().accesses(11).await.unwrap().len(), 1, "the look is noted");
    assert!(world.node.people().accesses(13).await.unwrap().is_empty());

    let send = async |text: &str| {
        desk.post_files("/en/desk/monthly", &[], &[("answers", "a.csv", "text/csv", text.as_bytes())]).await
    };
    send("Nothing;here\n1;2\n").await.is(422).has("The first line must name the columns");
    let wrong = send(&format!("Application;Answer\n99;no\n{asked};perhaps\n{both};no\n3;no\n")).await;
    wrong
        .is(422)
        .has("Line 2: this settlement has no such application")
        .has("Line 3: write the answer as")
        .has("Line 4: the application has two rights")
        .has("Line 5: the application has no such right now");
    desk.post_files("/en/desk/monthly", &[], &[]).await.is(422).has("Choose a file.");

    // The file that went out comes back with its last column filled in.
    let filled: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| match at {
            0 => (*line).to_string(),
            2 => format!("{line}yes"),
            _ => format!("{line}no"),
        })
        .collect();
    let draft = send(&filled.join("\r\n")).await;
    draft
        .is(200)
        .has("“Yes”: 1, “no”: 2, without an answer: 0.")
        .has("Application No. 1: the benefit is taken off");
    assert!(standings(&world).iter().all(|standing| matches!(standing, Standing::Pending(_))));
    let carry = |page: &Answer| {
        let fields = ["step", "seen", "answered"].map(|name| form(page, "/carry-out", name).1.to_string());
        let desk = desk.clone();
        async move {
            let [step, seen, answered] = fields;
            let typed = [("step", step.as_str()), ("seen", seen.as_str()), ("answered", answered.as_str())];
            desk.post("/en/desk/monthly/carry-out", &typed).await
        }
    };
    carry(&draft).await.is(303);
    let told = standings(&world);
    assert_eq!([told[0], told[2]], [Standing::False, Standing::False]);
    assert!(matches!(told[1], Standing::Pending(_)));
    // Sent again, it does nothing any more and says so.
    let head = world.node.head();
    carry(&draft).await.is(409);
    assert_eq!(world.node.head(), head);
}

fn person(name: &str, serial: u16) -> [(String, String); 3] {
    let iin = iin(day(1991, 3, 3), serial);
    [
        ("parent-iin".into(), iin),
        ("parent-surname".into(), "Сәрсен".into()),
        ("parent-given".into(), name.into()),
    ]
}

/// What the office types for a child; the parent is the same each time.
fn typed(child: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = person("Гүлнар", 7).to_vec();
    let own = [
        ("queue", "general/0"),
        ("iin", child),
        ("surname", "Сәрсен"),
        ("given", "Аяла"),
        ("born-day", "4"),
        ("born-month", "5"),
        ("born-year", "2018"),
        ("address", "Ақбұлақ, Достық 1"),
        ("phone", "+7 701 000 00 09"),
        ("notices", "kk"),
    ];
    all.extend(own.map(|(name, value)| (name.to_string(), value.to_string())));
    all
}

#[tokio::test]
async fn an_application_is_taken_at_the_office_a_fourth_one_by_an_act() {
    let world = World::open().await;
    let desk = world.browser(world.provider).await;
    desk.get("/en/desk/apply").await.is(200).has("Applicant&#39;s IIN").has("Act for a fourth registration");
    let child = iin(day(2018, 5, 4), 70);
    let send = async |more: &[(&str, &str)]| {
        let all = typed(&child);
        let mut all: Vec<(&str, &str)> =
            all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend_from_slice(more);
        desk.post_files("/en/desk/apply", &all, &[]).await
    };
    let wrong = desk.post_files("/en/desk/apply", &[("parent-surname", "Сәрсен")], &[]).await;
    wrong.is(422).has("Compare the IIN with the document");
    assert!(wrong.text.contains("value=\"Сәрсен\""), "what was typed is kept");
    for number in 1..=3 {
        let answer = send(&[]).await;
        answer.is(303);
        assert_eq!(answer.location, format!("/en/desk/applications/{number}?done=office"));
        let id = ApplicationId::from_number(number).unwrap();
        done(&world, Command::Close(id, CloseReason::Moved), PrivateChanges::none()).await;
    }
    desk.get("/en/desk/applications/3")
        .await
        .has("Сәрсен Гүлнар")
        .has("Ақбұлақ, Достық 1")
        .has("+77010000009");
    send(&[]).await.is(422).has("In a special case name the act&#39;s number and date below.");
    send(&[("act-number", "44")]).await.is(422).has("Write the date as in");
    let fourth = send(&[("act-number", "44"), ("act-date", "31.05.2021")]).await;
    fourth.is(303);
    assert_eq!(world.node.read(|state| state.applications().count()), 4);
    world.browser(world.garden).await.get("/en/desk/apply").await.is(403);
}

#[tokio::test]
async fn an_earlier_queue_is_imported_whole_or_not_at_all() {
    let world = World::open().await;
    let desk = world.browser(world.provider).await;
    let send = async |text: &str| {
        let file = [("file", "queue.csv", "text/csv", text.as_bytes())];
        desk.post_files("/en/desk/import", &[("what", "queue")], &file).await
    };
    let child = |serial| iin(day(2018, 5, 4), serial);
    let parent = iin(day(1991, 3, 3), 7);
    let good = format!(
        "{HEADING}\nАқбұлақ;10.01.2020 09:00;{};Сәрсен;Аяла;04.05.2018;{parent};Сәрсен;Гүлнар;+77010000009\n",
        child(70)
    );
    let bad = format!("{good}Ақбұлақ;soon;123;Сәрсен;Дана;04.05.2018;{parent};Сәрсен;Гүлнар;+77010000009\n");
    let rejected = send(&bad).await;
    rejected.is(422).has("Nothing was imported.").has("line 3");
    assert_eq!(world.node.read(|state| state.applications().count()), 0);
    send(&good.replace("Ақбұлақ", "Басқа")).await.is(422).has("line 2");

    let planned = send(&good).await;
    planned.is(200).has("New applications: 1, new people: 2, lines there already: 0.").has("general/2018");
    assert_eq!(world.node.read(|state| state.applications().count()), 0, "a look imports nothing");
    let (address, id) = form(&planned, "/desk/import/carry-out", "upload");
    world.browser(world.aigul).await.post(address, &[("upload", id)]).await.is(403);
    desk.post(address, &[("upload", id)]).await.is(303);
    let registered = world.node.read(|state| {
        let one = state.application(ApplicationId(0)).unwrap();
        state.settlement_of(one).unwrap().zone.local(one.registered).to_string()
    });
    assert_eq!(registered, "2020-01-10T09:00:00");
    desk.get("/en/desk/applications/1").await.has("Сәрсен Аяла").has("Сәрсен Гүлнар");
    // The same button again is told the same and changes nothing; nor does the same file. One that is not kept is gone.
    desk.post(address, &[("upload", id)]).await.is(303);
    assert_eq!(world.node.read(|state| state.applications().count()), 1);
    desk.post(address, &[("upload", "7")]).await.is(422).has("was imported already");
    send(&good).await.is(200).has("There is nothing new.");
}

#[tokio::test]
async fn groups_are_imported_for_ones_own_settlement_only() {
    let world = World::open().await;
    let desk = world.browser(world.provider).await;
    let send = async |text: String| {
        let file = [("file", "o.csv", "text/csv", text.as_bytes())];
        desk.post_files("/en/desk/import", &[("what", "organisations")], &file).await
    };
    let table = |settlement: &str| {
        format!(
            "settlement;organisation;ownership;group;age or year of birth;language of teaching;capacity;enrolled\n\
            {settlement};№ 99 «Айгөлек»;state;Жұлдыз;3;kk;20;5\n"
        )
    };
    send(table("Басқа")).await.is(422).has("The file holds data of another settlement.");
    let planned = send(table("Ақбұлақ")).await;
    planned.is(200).has("New kindergartens: 1, new groups: 1");
    let (address, id) = form(&planned, "/desk/import/carry-out", "upload");
    let before = world.node.read(|state| state.organisations().count());
    desk.post(address, &[("upload", id)]).await.is(303);
    assert_eq!(world.node.read(|state| state.organisations().count()), before + 1);
}
