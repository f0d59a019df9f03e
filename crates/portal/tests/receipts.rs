//! Receipts as families and the desk get them, and as nobody else does.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use axum::http::StatusCode;
use common::{Answer, Browser, World, day, iin};
use kezek_node::RegistryConfig;
use kezek_node::disclosure::Opened;
use kezek_registry::{Policy, Receipt};
use kezek_rules::benefit::Benefit;

const BORN: &str = "2018-05-15";

async fn world() -> World {
    World::open_with(Some(RegistryConfig::new("kezek.example"))).await
}

/// A child of a large family is registered.
async fn apply(browser: &Browser) {
    let fields = [
        ("queue", "general/0"),
        ("iin", &iin(day(2018, 5, 15), 1)),
        ("surname", "Үмбетов"),
        ("given", "Әлихан"),
        ("born-day", "15"),
        ("born-month", "5"),
        ("born-year", "2018"),
        ("address", "Ақбұлақ, Бейбітшілік көшесі, 1"),
        ("phone", "+7 701 000 00 09"),
        ("notices", "kk"),
        ("benefits", "large_family"),
    ];
    let paper = ("paper-benefit", "paper.pdf", "application/pdf", b"%PDF-1.7 made up".as_slice());
    browser.post_files("/kk/apply", &fields, &[paper]).await.is(303);
}

/// The page or file, once the register is published so far.
async fn published(browser: &Browser, address: &str) -> Answer {
    for _ in 0..200 {
        let answer = browser.get(address).await;
        if answer.status == StatusCode::OK && !answer.text.contains("дайындалып жатыр") {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{address} is not published")
}

/// What the receipt carries, once it is verified by the policy that the service gives.
async fn verified(browser: &Browser, file: &Answer) -> Opened {
    let policy = browser.get("/registry/policy").await;
    let policy = Policy::parse(policy.text.as_bytes()).unwrap();
    let receipt = Receipt::parse(file.text.as_bytes()).unwrap();
    let opened: Opened = serde_json::from_slice(&receipt.extra).unwrap();
    receipt.verify(opened.entry.as_bytes(), &policy, 0).unwrap();
    opened
}

#[tokio::test]
async fn a_family_gets_the_receipts_of_its_application_and_of_its_referral() {
    let world = world().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser).await;
    assert!(browser.get("/kk/my/1").await.text.contains("href=\"/kk/my/1/receipt\""));
    let page = published(&browser, "/kk/my/1/receipt").await;
    page.has("Түбіртек: өтініш № 1").has("Түбіртекті жүктеп алу");
    assert!(page.text.contains("href=\"/kk/my/1/receipt/file\" download"));
    assert!(page.text.contains("href=\"/kk/verify#r="));
    let file = browser.get("/kk/my/1/receipt/file").await;
    file.is(200);
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"receipt-application-1.tlog-proof\""
    );
    assert_eq!(file.headers["cache-control"], "no-store");
    assert_eq!(page.headers["cache-control"], "no-store");
    let opened = verified(&browser, &file).await;
    assert!(opened.entry.contains("\"registered\"") && !opened.entry.contains(BORN));
    let all = serde_json::to_string(&opened.hidden).unwrap();
    assert!(all.contains(BORN) && all.contains(Benefit::LargeFamily.code()), "{all}");

    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    browser.post("/kk/my/1/places/0", &[]).await.is(303);
    assert!(browser.get("/kk/my/1").await.text.contains("href=\"/kk/my/1/referrals/1/receipt\""));
    let file = published(&browser, "/kk/my/1/referrals/1/receipt/file").await;
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"receipt-referral-1.tlog-proof\"");
    assert!(verified(&browser, &file).await.entry.contains("referral_issued"));
    for language in ["kk", "ru", "en"] {
        for rest in ["receipt", "referrals/1/receipt"] {
            let page = browser.get(&format!("/{language}/my/1/{rest}")).await;
            page.is(200);
            assert!(!page.text.contains('⟦') && page.text.contains("#r="));
        }
    }
}

#[tokio::test]
async fn a_stranger_gets_nothing_and_the_desk_leaves_a_trace() {
    let world = world().await;
    let parent = world.browser(world.aigul).await;
    apply(&parent).await;
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    parent.post("/kk/my/1/places/0", &[]).await.is(303);
    let own =
        ["my/1/receipt", "my/1/receipt/file", "my/1/referrals/1/receipt", "my/1/referrals/1/receipt/file"];
    let desk = own.map(|path| path.replace("my/1", "desk/applications/1"));
    for path in own {
        published(&parent, &format!("/kk/{path}")).await;
    }
    let stranger = world.browser(world.marat).await;
    let (garden, auditor) = (world.browser(world.garden).await, world.browser(world.auditor).await);
    for path in own.into_iter().chain(desk.iter().map(String::as_str)) {
        let address = format!("/kk/{path}");
        let nobody = world.visitor().get(&address).await;
        assert!(nobody.status == StatusCode::SEE_OTHER && nobody.location.contains("/sign-in"), "{path}");
        for other in [&stranger, &garden, &auditor] {
            let answer = other.get(&address).await;
            assert!(
                answer.status.is_client_error() && !answer.text.contains(BORN),
                "{path}: {}",
                answer.status
            );
            assert!(!answer.text.contains("#r=") && !answer.text.contains("tlog-proof@"), "{path}");
        }
    }
    for path in &desk {
        parent.get(&format!("/kk/{path}")).await.is(403);
    }
    // A referral that is not this application's, and what is not there.
    for path in ["my/1/referrals/0/receipt", "my/1/referrals/2/receipt", "my/2/receipt", "my/0/receipt/file"]
    {
        parent.get(&format!("/kk/{path}")).await.is(404);
    }
    let looks = |text: &str| text.matches("өтінішті қарау").count();
    let before = looks(&parent.get("/kk/my/looks").await.text);
    let provider = world.browser(world.provider).await;
    for path in &desk {
        provider.get(&format!("/kk/{path}")).await.is(200);
    }
    assert!(provider.get("/kk/desk/applications/1").await.text.contains("/desk/applications/1/receipt\""));
    assert!(looks(&parent.get("/kk/my/looks").await.text) > before, "each look is noted");
}

#[tokio::test]
async fn a_service_without_registers_offers_no_receipts() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    apply(&browser).await;
    assert!(!browser.get("/kk/my/1").await.text.contains("receipt"));
    browser.get("/kk/my/1/receipt").await.is(404);
    browser.get("/kk/my/1/receipt/file").await.is(404);
    browser.get("/registry/policy").await.is(404);
}

#[tokio::test]
async fn anybody_gets_the_page_that_checks_and_it_is_one_file() {
    let world = world().await;
    let visitor = world.visitor();
    let policy = visitor.get("/registry/policy").await;
    assert!(policy.is(200).text.contains("quorum none") && policy.text.starts_with("# "));
    Policy::parse(policy.text.as_bytes()).unwrap();
    assert_eq!(visitor.get("/verify").await.location, "/kk/verify");
    for language in ["kk", "ru", "en"] {
        let page = visitor.get(&format!("/{language}/verify")).await;
        let csp = page.is(200).headers["content-security-policy"].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'; script-src 'sha256-")
                && csp.ends_with("frame-ancestors 'none'")
        );
        assert!(!csp.contains("unsafe") && !csp.contains("connect-src"));
        let address = format!("/{language}/verify/kezek-verify.html");
        let file = visitor.get(&address).await;
        assert!(file.headers["content-disposition"].to_str().unwrap().contains("kezek-verify.html"));
        assert_eq!(file.text, page.text, "what is kept is what is shown");
        assert!(
            !page.text.contains('⟦')
                && !page.text.contains("src=\"")
                && !page.text.contains("rel=\"stylesheet\"")
        );
        for line in policy.text.lines().filter(|line| line.starts_with("log ")) {
            assert!(page.text.contains(&line.replace('+', "&#43;")) || page.text.contains(line), "{line}");
        }
    }
}
