//! A family's way: apply, queue, window, wishes, referral, and the ways out.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests may fail the test

mod common;

use common::{Browser, World, accept, day, iin};
use kezek_portal::texts::MISSING;
use kezek_rules::Command;
use kezek_rules::ids::{ApplicationId, OrganisationId};

const PDF: &[u8] = b"%PDF-1.7 made up";

/// The answers of a form that is right: a child born on this day of May 2018.
fn answers<'a>(born: &'a str, iin: &'a str, queue: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("queue", queue),
        ("iin", iin),
        ("surname", "Үмбетов"),
        ("given", "Әлихан"),
        ("born-day", born),
        ("born-month", "5"),
        ("born-year", "2018"),
        ("address", "Ақбұлақ, Бейбітшілік көшесі, 1"),
        ("phone", "+7 701 000 00 09"),
        ("notices", "kk"),
    ]
}

async fn apply(browser: &Browser, born: i8) -> String {
    let (text, iin) = (born.to_string(), iin(day(2018, 5, born), 1));
    let sent = browser.post_files("/kk/apply", &answers(&text, &iin, "general/0"), &[]).await;
    sent.is(303).location.split('?').next().unwrap().to_string()
}

#[tokio::test]
async fn a_family_applies_and_takes_a_place_in_its_window() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    browser.get("/kk/my").await.is(200).has("Сізде әзірге өтініш жоқ");
    let page = apply(&browser, 15).await;
    assert_eq!(page, "/kk/my/1");
    let shown = browser.get(&format!("{page}?done=applied")).await;
    shown.is(200).has("Өтініш тіркелді").has("нөміріңіз — 1").has("Тіркелгеннен бері нөмір өзгерген жоқ");
    assert!(
        !shown.text.contains("Әлихан"),
        "the child's name stands in no title and no page of the application"
    );
    browser.get("/kk/my").await.has("Әлихан").has("Өтініш № 1");
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    browser
        .get(&page)
        .await
        .has("басым қолжетімділік ашық, ол аяқталады: 2021 жылғы 4 маусым, жұма, сағат 23:59");
    browser.get("/kk/my/1/places").await.has("№ 7 «Балапан»");
    let ask = browser.get("/kk/my/1/places/0").await;
    ask.is(200).has("2021 жылғы 9 маусым, сәрсенбі, сағат 23:59");
    let seen = ask.hidden("/kk/my/1/places/0", "seen");
    let key = ask.hidden("/kk/my/1/places/0", "key");
    let claimed = browser.post_as("/kk/my/1/places/0", &key, &[("seen", &seen)]).await;
    assert_eq!(claimed.is(303).location, "/kk/my/1?done=claimed");
    // Sent twice, from the page that is left in the browser: the one true answer.
    let twice = browser.post_as("/kk/my/1/places/0", &key, &[("seen", &seen)]).await;
    assert_eq!(twice.is(303).location, "/kk/my/1?done=claimed");
    browser
        .get("/kk/my/1")
        .await
        .has("Жолдама берілді: № 7 «Балапан»")
        .has("3 маусым, бейсенбі, сағат 23:59");
    browser
        .get("/kk/my/1/history")
        .await
        .has("Өтініш тіркеліп")
        .has("Басым қолжетімділік ашылды")
        .has("Жолдама берілді");
    world
        .visitor()
        .get("/kk/referrals")
        .await
        .has("№ 7 «Балапан»")
        .has("отбасының таңдауы")
        .has_not("Үмбетов");
    for language in ["kk", "ru", "en"] {
        for page in [
            "my",
            "my/1",
            "my/1/history",
            "my/1/annul",
            "my/1/extend",
            "my/1/withdraw",
            "my/1/wishes",
            "my/1/benefits",
            "my/1/places",
            "my/family",
            "my/notices",
            "my/looks",
            "my/contacts",
            "apply",
        ] {
            let answer = browser.get(&format!("/{language}/{page}")).await;
            answer.is(200);
            assert!(
                !answer.text.contains(MISSING) && !answer.text.contains("{ $"),
                "{page}: {}",
                answer.words()
            );
        }
    }
}

#[tokio::test]
async fn a_referral_is_extended_with_a_ground_and_given_back_in_time() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    browser.post("/kk/my/1/places/0", &[]).await.is(303);
    let without = browser.post("/kk/my/1/extend", &[]).await;
    without.is(422).has("Себебін таңдаңыз");
    browser.get("/kk/my/1/extend").await.has("2021 жылғы 2 шілде, жұма, сағат 23:59");
    browser.post("/kk/my/1/extend", &[("ground", "illness")]).await.is(303);
    browser.post("/kk/my/1/extend", &[("ground", "illness")]).await.is(409).has("бір рет қана ұзартылады");
    browser.post("/kk/my/1/annul", &[]).await.is(303);
    browser.get("/kk/my/1").await.has("нөміріңіз");
    browser.post("/kk/my/1/annul", &[]).await.is(409);
}

#[tokio::test]
async fn wishes_are_ordered_without_scripts_and_carried_out_in_the_morning() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    let change = |list: &'static str, more: Vec<(&'static str, &'static str)>| {
        let browser = browser.clone();
        async move {
            let mut fields = vec![("list", list)];
            fields.extend(more);
            browser.post("/kk/my/1/wishes", &fields).await
        }
    };
    change("", vec![("op", "add"), ("organisation", "1"), ("language", "")]).await.is(303);
    change("1:", vec![("op", "add"), ("organisation", "0"), ("language", "kk")]).await.is(303);
    change("1: 0:kk", vec![("op", "add"), ("organisation", "1"), ("language", "")])
        .await
        .is(422)
        .has("тізімде бар");
    change("1:", vec![("op", "remove"), ("at", "0")]).await.is(409).has("жағдай өзгерді");
    change("1: 0:kk", vec![("op", "up"), ("at", "1")]).await.is(303);
    let page = browser.get("/kk/my/1/wishes").await;
    page.has("1. № 7 «Балапан»").has("2. «Күншуақ»");
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    browser.get("/kk/my/1").await.has("Жолдама берілді: № 7 «Балапан»");
    browser.get("/kk/my/1/history").await.has("тілектер тізімі бойынша");
}

#[tokio::test]
async fn siblings_get_places_in_one_kindergarten() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    browser.get("/kk/my/family").await.has("кемінде екі өтінішіңіз");
    apply(&browser, 15).await;
    apply(&browser, 16).await;
    world.offer(2).await;
    world.at("2021-06-02T07:00:00").await;
    browser.get("/kk/my/family").await.has("Өтініш № 1").has("Өтініш № 2").has("№ 7 «Балапан»");
    let one = [("applications", "1"), ("organisation", "0")];
    browser.post("/kk/my/family", &one).await.is(422).has("Кемінде екі өтінішті");
    let both = [("applications", "1"), ("applications", "2"), ("organisation", "0")];
    assert_eq!(browser.post("/kk/my/family", &both).await.is(303).location, "/kk/my?done=family");
    browser.get("/kk/my?done=family").await.has("Балалардың бәріне жолдама берілді");
    assert_eq!(world.node.read(|state| state.referrals().filter(|(_, one)| one.is_live()).count()), 2);
}

#[tokio::test]
async fn benefits_are_claimed_with_papers_and_given_up() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    let chosen = [("benefits", "large_family"), ("benefits", "teacher")];
    let paper = ("paper-benefit", "анықтама.pdf", "application/pdf", PDF);
    browser.post_files("/kk/my/1/benefits", &chosen, &[paper]).await.is(303);
    browser
        .get("/kk/my/1")
        .await
        .has("Көп балалы отбасының баласы: түпнұсқа күтілуде, мерзімі: 2021 жылғы 8 маусым");
    let child = world.node.read(|state| state.application(ApplicationId(0)).unwrap().child.0);
    assert_eq!(world.node.people().documents(child).await.unwrap().len(), 1);
    browser.post_files("/kk/my/1/benefits", &[("benefits", "teacher")], &[]).await.is(303);
    browser.get("/kk/my/1").await.has("отбасы бас тартқан").has("Педагогтің баласы: түпнұсқа күтілуде");
    browser.get("/kk/my/1/history").await.has("Жеңілдік: Педагогтің баласы");
}

#[tokio::test]
async fn special_queues_need_a_conclusion_and_show_no_number_to_others() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let iin = iin(day(2018, 5, 15), 1);
    let fields = answers("15", &iin, "special/2/0");
    let without = browser.post_files("/kk/apply", &fields, &[]).await;
    without.is(422).has("қорытынды қажет").has("17-тармақ");
    assert!(without.text.contains("value=\"Үмбетов\""), "what was typed is kept");
    let paper = ("paper-conclusion", "a.pdf", "application/pdf", PDF);
    browser.post_files("/kk/apply", &fields, &[paper]).await.is(303);
    browser.get("/kk/my/1").await.has("Арнайы ұйымға кезек: № 41 «Үміт», есту").has("нөміріңіз — 1");
    let asked = [("number", "1"), ("born-day", "15"), ("born-month", "5"), ("born-year", "2018")];
    world.visitor().post_raw("/kk/state", &asked).await.is(404);
    world.visitor().get("/kk/queue").await.has("Бұл кезекте ешкім жоқ");
}

#[tokio::test]
async fn the_state_is_shown_for_the_number_and_the_birth_date_only() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    let visitor = world.visitor();
    let ask = |day: &'static str| {
        let visitor = visitor.clone();
        async move {
            let fields = [("number", "1"), ("born-day", day), ("born-month", "5"), ("born-year", "2018")];
            visitor.post_raw("/kk/state", &fields).await
        }
    };
    for _ in 0..10 {
        ask("15").await.is(200).has("нөміріңіз — 1").has_not("Әлихан");
    }
    ask("31").await.is(404).has("өтініш табылмады");
    ask("32").await.is(422).has("мұндай күн жоқ");
    for _ in 0..4 {
        ask("16").await.is(404);
    }
    assert_eq!(ask("15").await.is(429).headers["retry-after"], "86400");
}

#[tokio::test]
async fn what_is_not_ones_own_is_not_there() {
    let world = World::open().await;
    apply(&world.browser(world.aigul).await, 15).await;
    let other = world.browser(world.marat).await;
    for page in ["/kk/my/1", "/kk/my/1/history", "/kk/my/1/wishes", "/kk/my/1/benefits", "/kk/my/1/withdraw"]
    {
        other.get(page).await.is(404);
    }
    for form in ["/kk/my/1/withdraw", "/kk/my/1/interest", "/kk/my/1/annul", "/kk/my/1/wishes"] {
        other.post(form, &[]).await.is(404);
    }
    assert!(!world.node.read(|state| state.application(ApplicationId(0)).unwrap().is_archived()));
}

#[tokio::test]
async fn notices_are_read_once_and_looks_are_shown() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    for _ in 0..100 {
        if !world.node.people().notices(world.aigul).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    browser.get("/kk/my").await.has("оқылмағаны: 1");
    let notices = browser.get("/kk/my/notices").await;
    notices.has("№ 1 өтініш тіркелді").has("Нөміріңіз: 1").has("жаңа");
    browser.get("/kk/my").await.has("оқылмағаны: 0");
    browser.get("/kk/my/looks").await.has("Ешкім қараған жоқ");
    world.browser(world.provider).await.get("/kk/desk/applications/1").await.is(200);
    browser.get("/kk/my/looks").await.has("балаңыздың").has("Көрсетілетін қызметті беруші");
}

#[tokio::test]
async fn contacts_are_changed_and_wrong_ones_are_kept_to_be_mended() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    let wrong = [("phone", "12345"), ("email", "x"), ("notices", "ru")];
    let answer = browser.post("/kk/my/contacts", &wrong).await;
    answer.is(422).has("он цифрмен").has("@ белгісімен");
    assert!(answer.text.contains("value=\"12345\""));
    let right = [
        ("phone", "8 701 000 00 01"),
        ("second-phone", "7020000002"),
        ("email", "a@b.kz"),
        ("notices", "ru"),
    ];
    browser.post("/kk/my/contacts", &right).await.is(303);
    let kept = world.node.people().contacts(world.aigul).await.unwrap().unwrap().record;
    assert_eq!(kept.second_phone.unwrap().as_str(), "+77020000002");
    browser.get("/kk/my/1/history").await.has("Байланыс деректері өзгертілді");
}

#[tokio::test]
async fn the_law_refuses_in_words_and_the_page_says_what_next() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser, 15).await;
    let iin = iin(day(2018, 5, 15), 1);
    let twice = browser.post_files("/kk/apply", &answers("15", &iin, "general/0"), &[]).await;
    twice.is(409).has("Бала бұл кезекте тұр").has("Бұрынғы өтінішті");
    world.offer(1).await;
    let early = browser.post("/kk/my/1/places/0", &[]).await;
    early.is(409).has("Бұл орындар әзірге өтінішіңізге ашылмаған").has("24-тармақ").has("no_access");
    browser.post("/kk/my/1/places/77", &[]).await.is(404);
    accept(&world.node, Command::WithdrawApplication(ApplicationId(0))).await;
    browser.get("/kk/my/1").await.has("Өтініш мұрағатта: отбасы өтінішті қайтарып алды");
    assert!(world.node.read(|state| state.organisation(OrganisationId(0)).is_some()));
}
