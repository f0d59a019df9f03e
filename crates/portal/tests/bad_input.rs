//! Bad input: a clear message in the person's language, the right status, nothing changed, nothing lost.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests may fail the test

mod common;

use axum::body::Body;
use axum::http::{Request, header};
use common::{Browser, World, day, iin};
use kezek_rules::Command;
use kezek_rules::command::{Conclusion, Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ApplicationId, ChildKey, ParentKey, SettlementId};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n made up";

fn fields<'a>(iin: &'a str, born: [&'a str; 3]) -> Vec<(&'a str, &'a str)> {
    vec![
        ("queue", "general/0"),
        ("iin", iin),
        ("surname", "Қоңыр"),
        ("given", "Аружан"),
        ("born-day", born[0]),
        ("born-month", born[1]),
        ("born-year", born[2]),
        ("address", "Ақбұлақ, 1"),
        ("phone", "+7 701 000 00 09"),
        ("notices", "kk"),
    ]
}

async fn nobody_stands(world: &World) {
    assert_eq!(world.node.read(|state| state.applications().count()), 0, "nothing has changed");
}

#[tokio::test]
async fn a_form_with_mistakes_names_all_of_them_and_keeps_what_was_typed() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let answer = browser.post_files("/ru/apply", &fields("180515500009", ["31", "2", "2018"]), &[]).await;
    answer.is(422).has("Проверьте ИИН").has("Такой даты нет");
    assert!(answer.text.contains("value=\"180515500009\"") && answer.text.contains("value=\"Қоңыр\""));
    let future = browser.post_files("/ru/apply", &fields("180515500008", ["1", "1", "2031"]), &[]).await;
    future.is(422).has("Дата рождения в будущем");
    let old = iin(day(2014, 1, 1), 1);
    let over_age = browser.post_files("/ru/apply", &fields(&old, ["1", "1", "2014"]), &[]).await;
    over_age.is(422).has("больше полных 6 лет").has("пункт 18");
    let mut unknown = fields("180515500008", ["15", "5", "2018"]);
    unknown[0] = ("queue", "special/77/0");
    browser.post_files("/ru/apply", &unknown, &[]).await.is(422).has("Выберите очередь из списка");
    nobody_stands(&world).await;
}

#[tokio::test]
async fn a_file_that_lies_about_its_type_is_refused_and_the_good_one_is_kept() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let form = fields("180515500008", ["15", "5", "2018"]);
    let lies = ("paper-benefit", "анықтама.pdf", "application/pdf", PNG);
    let good = ("paper-conclusion", "b.png", "image/png", PNG);
    let answer = browser.post_files("/kk/apply", &form, &[lies, good]).await;
    answer.is(422).has("ішіндегісі атауына сай емес").has("Тіркелген құжаттар: b.png");
    let kept = answer.hidden("/kk/apply", "document");
    let mut again = form.clone();
    again.push(("document", &kept));
    browser.post_files("/kk/apply", &again, &[]).await.is(303);
    let child = world.node.read(|state| state.application(ApplicationId(0)).unwrap().child.0);
    assert_eq!(world.node.people().documents(child).await.unwrap()[0].record.name, "b.png");
    let text = ("paper-benefit", "a.exe", "application/pdf", b"MZ" as &[u8]);
    browser.post_files("/kk/my/1/benefits", &[], &[text]).await.is(422).has("PDF, JPEG немесе PNG емес");
    let huge = vec![b'x'; 11 * 1024 * 1024];
    let huge = ("paper-benefit", "a.pdf", "application/pdf", huge.as_slice());
    browser.post_files("/kk/my/1/benefits", &[], &[huge]).await.is(422).has("10 МБ-тан үлкен");
}

#[tokio::test]
async fn a_paper_of_somebody_else_cannot_be_named() {
    let world = World::open().await;
    let form = fields("180515500008", ["15", "5", "2018"]);
    let good = ("paper-conclusion", "b.png", "image/png", PNG);
    let wrong = fields("180515500009", ["15", "5", "2018"]);
    let answer = world.browser(world.marat).await.post_files("/kk/apply", &wrong, &[good]).await;
    let foreign = answer.is(422).hidden("/kk/apply", "document");
    let mut stolen = form.clone();
    stolen.push(("document", &foreign));
    world.browser(world.aigul).await.post_files("/kk/apply", &stolen, &[]).await.is(303);
    let child = world.node.read(|state| state.application(ApplicationId(0)).unwrap().child.0);
    assert!(world.node.people().documents(child).await.unwrap().is_empty());
    assert_eq!(world.node.people().documents(world.marat).await.unwrap().len(), 1);
}

#[tokio::test]
async fn broken_letters_and_too_much_are_refused_with_a_page() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let send = |body: Vec<u8>| {
        let request = Request::post("/kk/my/contacts")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        browser.ask(request)
    };
    send(b"phone=%FF%FE".to_vec()).await.is(400).has("Сұрауды түсіну мүмкін болмады");
    send(vec![b'x'; 10 * 1024 * 1024]).await.is(413).has("Файл немесе нысан тым үлкен");
    let request = Request::post("/kk/apply")
        .header(header::COOKIE, &browser.cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .body(Body::from("--cut\r\nContent-Disposition: form-data; name=\"iin\"\r\n\r\n\u{0}half"))
        .unwrap();
    browser.ask(request).await.is(400);
}

#[tokio::test]
async fn a_form_without_its_token_or_its_key_changes_nothing() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let form = fields("180515500008", ["15", "5", "2018"]);
    let foreign = Browser { csrf: "x".to_string(), ..browser.clone() };
    foreign.post_files("/kk/apply", &form, &[]).await.is(403);
    nobody_stands(&world).await;
    browser.post_files("/kk/apply", &form, &[]).await.is(303);
    let csrf = browser.csrf.clone();
    browser.post_raw("/kk/my/1/withdraw", &[("csrf", &csrf)]).await.is(400);
    let long = "x".repeat(200);
    browser.post_as("/kk/my/1/withdraw", &long, &[]).await.is(400);
    let request = Request::post("/kk/my/1/withdraw")
        .header(header::COOKIE, &browser.cookie)
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={csrf}&key=1")))
        .unwrap();
    browser.ask(request).await.is(403);
    assert!(!world.node.read(|state| state.application(ApplicationId(0)).unwrap().is_archived()));
}

#[tokio::test]
async fn a_key_with_other_values_and_a_stale_page_are_told_apart() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    browser.post_files("/kk/apply", &fields("180515500008", ["15", "5", "2018"]), &[]).await.is(303);
    let page = browser.get("/kk/my/1/withdraw").await;
    let seen = page.hidden("/kk/my/1/withdraw", "seen");
    // Meanwhile a place came by the open window.
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    browser.post("/kk/my/1/places/0", &[]).await.is(303);
    let stale = browser.post("/kk/my/1/withdraw", &[("seen", &seen)]).await;
    stale.is(409).has("Бет ашық тұрғанда жағдай өзгерді").has("Бетті қайта ашып");
    let interest = browser.post_as("/kk/my/1/interest", "one-key", &[]).await;
    interest.is(303);
    let other = browser.post_as("/kk/my/1/withdraw", "one-key", &[]).await;
    other.is(422).has("басқа мәліметтермен бұрын жіберілген");
    assert!(!world.node.read(|state| state.application(ApplicationId(0)).unwrap().is_archived()));
}

#[tokio::test]
async fn two_tabs_claim_and_one_place_is_given() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    browser.post_files("/kk/apply", &fields("180515500008", ["15", "5", "2018"]), &[]).await.is(303);
    let submit = Submit {
        queue: QueueChoice::General(SettlementId(0)),
        child: ChildKey(77),
        parent: ParentKey(77),
        born: day(2018, 6, 6),
        iin: IinCheck::Valid,
        benefits: Vec::new(),
        conclusion: Conclusion::None,
        draw: 1,
        entry: Entry::Sent,
    };
    common::accept(&world.node, Command::Submit(submit)).await;
    world.offer(2).await;
    world.at("2021-06-02T07:00:00").await;
    let (one, two) = (browser.get("/kk/my/1/places/0").await, browser.get("/kk/my/1/places/0").await);
    let send = |page: &common::Answer| {
        let (key, seen) = (page.hidden("/places/0", "key"), page.hidden("/places/0", "seen"));
        let browser = browser.clone();
        async move { browser.post_as("/kk/my/1/places/0", &key, &[("seen", &seen)]).await }
    };
    send(&one).await.is(303);
    send(&two).await.is(409).has("жағдай өзгерді");
    assert_eq!(world.node.read(|state| state.referrals().count()), 1);
}

#[tokio::test]
async fn numbers_that_are_none_are_not_there() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    for page in ["/kk/my/0", "/kk/my/99999999999", "/kk/my/x", "/kk/my/1/places/x"] {
        let status = browser.get(page).await.status.as_u16();
        assert!(status == 404 || status == 400, "{page}: {status}");
    }
    browser.get("/kk/queue?year=x&page=-1").await.is(200);
    browser.get("/kk/places?age=999&page=99999").await.is(200);
}
