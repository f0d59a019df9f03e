//! The main path of a family through the API alone: apply, confirmed, bulletin, opening, claim, papers, enrolment.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)] // helpers of tests may fail the test

mod common;

use axum::http::{Method, StatusCode};
use common::{Answer, Browser, PASSWORD, World, accept, day, iin};
use kezek_rules::Command;
use kezek_rules::command::{Conclusion, Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ChildKey, OrganisationId, ParentKey};
use serde_json::{Value, json};

/// A program that calls the API with a new key for each change.
struct Program(Browser);

impl Program {
    async fn get(&self, path: &str) -> Value {
        let answer = self.0.call(Method::GET, &format!("/api/v1{path}"), "", Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let key = kezek_records::random_id().unwrap().to_string();
        self.0.call(method, &format!("/api/v1{path}"), &key, body).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.send(Method::POST, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.send(Method::PUT, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    /// The code of a refused change.
    async fn refused(&self, path: &str, body: Value) -> String {
        let answer = self.send(Method::POST, path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
        answer.json()["code"].as_str().unwrap().to_string()
    }
}

async fn program(world: &World, account: u64) -> Program {
    Program(world.browser(account).await)
}

fn application(serial: u16, benefits: &[&str]) -> Value {
    json!({
        "queue": { "kind": "general", "settlement": 0 },
        "child": {
            "iin": iin(day(2018, 5, 1), serial), "surname": "Үмбетова", "given": "Аружан", "born": "2018-05-01"
        },
        "address": "Ақбұлақ, Бейбітшілік көшесі 1",
        "benefits": benefits
    })
}

fn places(count: u32) -> Value {
    json!({
        "group": 0, "children": { "by": "born", "year": 2018 }, "kind": "general", "language": "kk",
        "regime": "full_day", "terms": { "mode": "general" }, "count": count
    })
}

#[tokio::test]
async fn a_family_gets_a_place_through_the_api_alone() {
    let world = World::open().await;
    let visitor = Program(world.visitor());
    let credentials = json!({ "iin": iin(day(1990, 5, 5), 1), "password": PASSWORD });
    let session = visitor.post("/sessions", credentials).await;
    let cookie = format!("kezek={}", session["token"].as_str().unwrap());
    let parent = Program(Browser { cookie, ..world.visitor() });
    let other = program(&world, world.marat).await;
    let provider = program(&world, world.provider).await;
    let garden = program(&world, world.garden).await;

    // Two families apply; the second one's benefit is confirmed and puts it first.
    let early = other.post("/applications", application(11, &[])).await["application"].as_u64().unwrap();
    visitor.post("/demo/clock", json!({ "step": "hour" })).await;
    let new = parent.post("/applications", application(12, &["large_family"])).await;
    let mine = new["application"].as_u64().unwrap();
    let path = format!("/applications/{mine}");
    assert_eq!(parent.get(&path).await["number"]["number"], 2);
    let work = provider.get("/desk/work-list").await;
    assert_eq!((&work[0]["kind"], &work[0]["application"]), (&json!("benefit"), &json!(mine)));
    provider.post(&format!("/desk{path}/benefits/large_family/confirm"), json!({})).await;
    let shown = parent.get(&path).await;
    assert_eq!((&shown["number"]["number"], &shown["class"]), (&json!(1), &json!("priority")));
    assert_eq!(shown["why"]["causes"], json!(["benefit_changed"]));
    assert_eq!(shown["child_given"], "Аружан");

    // The kindergarten hands over a place; it is in the bulletin of the evening.
    let vacancy = garden.post("/kindergarten/vacancies", places(1)).await["vacancy"].clone();
    visitor.post("/demo/clock", json!({ "step": "bulletin" })).await;
    let bulletin = visitor.get("/bulletins/latest?settlement=0").await;
    assert_eq!(bulletin["date"], "2021-06-01");
    assert_eq!(bulletin["published"][0]["places"], 1);
    let early_claim = parent.refused(&format!("{path}/claim"), json!({ "vacancy": vacancy })).await;
    assert_eq!(early_claim, "no_access");

    // The morning opens a window to the first alone.
    visitor.post("/demo/clock", json!({ "step": "opening" })).await;
    let shown = parent.get(&path).await;
    assert_eq!(shown["windows"][0]["until"], "2021-06-04T18:00:00Z");
    assert_eq!(shown["claimable"][0]["vacancy"], vacancy);
    let claim = format!("/applications/{early}/claim");
    assert_eq!(other.refused(&claim, json!({ "vacancy": vacancy })).await, "no_access");
    let claimed = parent.post(&format!("{path}/claim"), json!({ "vacancy": vacancy })).await;
    assert_eq!(claimed["referrals"][0]["application"], json!(mine));
    assert_eq!(visitor.get("/vacancies?settlement=0").await, json!([]));
    assert_eq!(visitor.get("/referrals?settlement=0").await[0]["standing"], "live");

    // Originals, then the place.
    let incoming = garden.get("/kindergarten/referrals").await;
    assert_eq!(incoming[0]["application"], json!(mine));
    let enrol = format!("/kindergarten{path}/enrol");
    assert_eq!(garden.refused(&enrol, json!({})).await, "documents_missing");
    assert_eq!(garden.get(&format!("/kindergarten{path}")).await["child"]["given"], "Аружан");
    garden.post(&format!("/kindergarten{path}/documents/confirm"), json!({})).await;
    garden.post(&enrol, json!({})).await;
    let shown = parent.get(&path).await;
    assert_eq!((&shown["status"], &shown["archived"]), (&json!("archived"), &json!("enrolled")));

    // Everything can be read afterwards.
    let history = parent.get(&format!("{path}/history")).await;
    let kinds: Vec<&str> =
        history.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    for kind in ["registered", "benefit_confirmed", "windows_opened", "referral_issued", "enrolled"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    assert_eq!(parent.get("/looks").await.as_array().unwrap().len(), 1);
    let groups = garden.get("/kindergarten/groups").await;
    assert_eq!((&groups[0]["enrolled"], &groups[0]["withheld"]), (&json!(3), &json!(7)));
    garden.post(&format!("/kindergarten{path}/leave"), json!({})).await;
}

#[tokio::test]
async fn the_public_sees_no_person() {
    let world = World::open().await;
    let parent = program(&world, world.aigul).await;
    let visitor = Program(world.visitor());
    let mine = parent.post("/applications", application(21, &["serviceman"])).await["application"].clone();
    let queue = visitor.get("/queues/2018?settlement=0").await;
    let row = &queue["rows"][0];
    assert_eq!((&row["application"], &row["number"], &row["class"]), (&mine, &json!(1), &json!("general")));
    let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["application", "class", "has_window", "number", "registered", "status"]);
    assert_eq!(visitor.get("/queues?settlement=0").await[0]["waiting"], 1);
    assert_eq!(visitor.get("/queues/2018?settlement=0&from=2").await["rows"], json!([]));
    assert_eq!(visitor.get("/organisations?settlement=0&kind=special").await[0]["profiles"], json!(["есту"]));

    let ask = async |number: u64, born: &str| {
        visitor
            .0
            .call(Method::POST, &format!("/api/v1/applications/{number}/state"), "", json!({ "born": born }))
            .await
    };
    let number = mine.as_u64().unwrap();
    for _ in 0..10 {
        assert_eq!(ask(number, "2018-05-01").await.json()["number"]["queue"], "general/2018");
    }
    let (wrong, absent) = (ask(number, "2018-05-02").await, ask(999, "2018-05-02").await);
    assert_eq!((wrong.status, &wrong.text), (StatusCode::NOT_FOUND, &absent.text));
    for _ in 0..4 {
        ask(number, "2018-05-02").await;
    }
    assert_eq!(ask(number, "2018-05-01").await.is(429).headers["retry-after"], "86400");
    let in_the_address = format!("/applications/{number}/state?born=2018-05-01");
    let refused = visitor.send(Method::GET, &in_the_address, Value::Null).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_state_of_a_special_application_is_told_to_nobody() {
    let world = World::open().await;
    let submit = Submit {
        queue: QueueChoice::Special(OrganisationId(2), "есту".into()),
        child: ChildKey(71),
        parent: ParentKey(world.aigul),
        born: day(2018, 5, 1),
        iin: IinCheck::Valid,
        benefits: Vec::new(),
        conclusion: Conclusion::OnFile,
        draw: 7,
        entry: Entry::Sent,
    };
    accept(&world.node, Command::Submit(submit)).await;
    let path = "/api/v1/applications/1/state";
    let answer = world.visitor().call(Method::POST, path, "", json!({ "born": "2018-05-01" })).await;
    answer.is(404);
    assert!(!answer.text.contains("есту") && !answer.text.contains("special"), "{}", answer.text);
}

#[tokio::test]
async fn wishes_siblings_benefits_contacts_and_withdrawal() {
    let world = World::open().await;
    let parent = program(&world, world.aigul).await;
    let garden = program(&world, world.garden).await;
    let visitor = Program(world.visitor());
    let mut numbers = Vec::new();
    for serial in [31, 131] {
        numbers.push(
            parent.post("/applications", application(serial, &[])).await["application"].as_u64().unwrap(),
        );
    }
    let first = format!("/applications/{}", numbers[0]);
    let choices = json!([{ "organisation": 0, "language": "kk" }, { "organisation": 1 }]);
    parent.put(&format!("{first}/wishes"), json!({ "choices": choices })).await;
    assert_eq!(parent.get(&first).await["wishes"][1]["organisation_name"], "«Күншуақ»");
    parent.put("/family-wishes", json!({ "applications": numbers, "choices": choices })).await;
    assert_eq!(parent.get(&first).await["wished_together"], json!(numbers));
    parent.put(&format!("{first}/benefits"), json!({ "benefits": ["teacher"] })).await;
    assert_eq!(parent.get(&first).await["benefits"][0]["standing"], "pending");
    parent.put(&format!("{first}/contacts"), json!({ "phone": "8 701 000 00 77", "language": "ru" })).await;
    assert_eq!(parent.get("/contacts").await["phone"], "+77010000077");
    parent.post(&format!("{first}/interest"), json!({})).await;

    // The joint list is carried out at the opening; one day is there to give the referrals back.
    garden.post("/kindergarten/vacancies", places(2)).await;
    visitor.post("/demo/clock", json!({ "to": "2021-06-02T07:00:00+06:00" })).await;
    let shown = parent.get(&first).await;
    assert_eq!((&shown["status"], &shown["referral"]["how"]), (&json!("referred"), &json!("wish")));
    assert_eq!(parent.refused(&format!("{first}/extend"), json!({})).await, "ground_required");
    parent.post(&format!("{first}/extend"), json!({ "ground": "illness" })).await;
    parent.post(&format!("{first}/annul"), json!({})).await;
    parent.post(&format!("{first}/withdraw"), json!({})).await;
    assert_eq!(parent.get(&first).await["archived"], "withdrawn");
    let other = format!("/applications/{}", numbers[1]);
    garden.post(&format!("/kindergarten{other}/refuse"), json!({ "cause": "medical" })).await;
    let claim = json!({ "applications": numbers, "organisation": 0 });
    assert_eq!(parent.refused("/family-claims", claim).await, "wrong_state");
    // Notices follow the facts in a moment.
    for _ in 0..100 {
        if parent.get("/notices").await.as_array().unwrap().len() >= 4 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the notices do not come");
}

#[tokio::test]
async fn the_provider_and_the_kindergarten_have_their_acts() {
    let world = World::open().await;
    let parent = program(&world, world.aigul).await;
    let provider = program(&world, world.provider).await;
    let garden = program(&world, world.garden).await;
    let visitor = Program(world.visitor());

    let change =
        json!({ "act": "№ 12, 01.06.2021", "valid_from": "2021-06-01", "change": { "open_step": 0 } });
    provider.post("/desk/profile", change).await;
    let rules = visitor.get("/settlements/0").await;
    assert_eq!((&rules["profile"]["open_step"], &rules["acts"][0]["applied"]), (&json!(0), &json!(true)));
    assert_eq!(rules["acts"][0]["change"], json!({ "open_step": 0 }));
    let freeze = json!({ "act": "№ 13", "from": "2021-06-01", "to": "2021-06-02" });
    provider.post("/desk/freezes", freeze).await;
    assert_eq!(visitor.get("/settlements").await[0]["next_bulletin"], "2021-06-03T12:00:00Z");
    provider.post("/desk/extensions", json!({ "act": "№ 14", "until": "2021-06-05T00:00:00+06:00" })).await;

    let office = json!({
        "parent": {
            "iin": iin(day(1991, 7, 7), 1), "surname": "Сейітова", "given": "Мөлдір",
            "contacts": { "phone": "+7 701 000 00 55" }
        },
        "application": application(41, &["serviceman", "orphan"]), "conclusion": "on_file", "act": "№ 15, 01.06.2021"
    });
    let number = provider.post("/desk/applications", office).await["application"].as_u64().unwrap();
    let path = format!("/desk/applications/{number}");
    let shown = provider.get(&path).await;
    assert_eq!((&shown["parent"]["given"], &shown["child"]["given"]), (&json!("Мөлдір"), &json!("Аружан")));
    assert_eq!(shown["conclusion"], "on_file");
    provider.post(&format!("{path}/benefits/serviceman/confirm"), json!({})).await;
    assert_eq!(provider.get("/desk/benefits-to-verify").await[0]["benefit"], "serviceman");
    provider.post(&format!("{path}/benefits/serviceman/reject"), json!({ "finding": "false" })).await;
    assert_eq!(provider.get("/desk/stop-list").await[0]["reason"], "benefit_false");
    provider.post(&format!("{path}/conclusion"), json!({})).await;
    provider.post(&format!("{path}/birth-date"), json!({ "born": "2017-05-01" })).await;
    provider.post(&format!("{path}/close"), json!({ "reason": "moved" })).await;

    let mine = parent.post("/applications", application(141, &[])).await["application"].as_u64().unwrap();
    let path = format!("/desk/applications/{mine}");
    provider.post(&format!("{path}/found-enrolled"), json!({})).await;
    let leave = format!("/kindergarten/applications/{mine}/leave");
    assert_eq!(garden.refused(&leave, json!({})).await, "not_found");
    provider.post(&format!("{path}/left-elsewhere"), json!({})).await;
    assert_eq!(parent.refused(&format!("/applications/{number}/withdraw"), json!({})).await, "not_found");

    let group = json!({
        "name": "Қозы", "children": { "by": "ages", "from": 3, "to": 4 }, "language": "ru", "capacity": 20,
        "enrolled": 18
    });
    let id = garden.post("/kindergarten/groups", group.clone()).await["group"].as_u64().unwrap();
    let mut larger = group.clone();
    larger["capacity"] = json!(22);
    garden.put(&format!("/kindergarten/groups/{id}"), larger).await;
    let mut early = places(2);
    early["group"] = json!(id);
    early["terms"] = json!({ "mode": "early", "free_from": "2021-08-01" });
    let vacancy = garden.post("/kindergarten/vacancies", early.clone()).await["vacancy"].as_u64().unwrap();
    early["count"] = json!(100);
    assert_eq!(garden.refused("/kindergarten/vacancies", early).await, "over_capacity");
    let withdraw = format!("/kindergarten/vacancies/{vacancy}/withdraw");
    assert_eq!(garden.refused(&withdraw, json!({ "count": 1 })).await, "reason_required");
    garden.post(&withdraw, json!({ "count": 1, "reason": "repair", "referrals": "annul" })).await;
    garden.post(&format!("/kindergarten/vacancies/{vacancy}/free-early"), json!({})).await;
    assert_eq!(garden.get("/kindergarten/vacancies").await[0]["terms"]["mode"], "general");
    let strange = json!({ "count": 1, "reason": "repair" });
    let special = program(&world, world.special).await;
    assert_eq!(special.refused(&withdraw, strange).await, "not_found");
}
