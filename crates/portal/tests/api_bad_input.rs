//! Bad input to the API: the right status, the code, the person's language, and nothing changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)] // helpers of tests may fail the test

mod common;

use axum::body::Body;
use axum::http::{Method, Request, header};
use common::{Answer, Browser, World, day, iin};
use serde_json::{Value, json};

/// A program of this account that sends exactly these bytes.
struct Sender(Browser);

async fn sender(world: &World, account: u64) -> Sender {
    Sender(world.browser(account).await)
}

impl Sender {
    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let token = self.0.cookie.strip_prefix("kezek=").unwrap_or_default();
        Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT_LANGUAGE, "en")
    }

    async fn bytes(&self, path: &str, key: &str, body: impl Into<Body>) -> Answer {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(body.into());
        self.0.ask(request.unwrap()).await
    }

    async fn send(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.bytes(path, key, body.to_string()).await
    }

    async fn upload(
        &self,
        key: &str,
        name: &str,
        declared: &str,
        content: &[u8],
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part =
                format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {declared}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let request = self
            .request("POST", "/documents")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
            .header("Idempotency-Key", key)
            .body(Body::from(body));
        self.0.ask(request.unwrap()).await
    }
}

/// Checks status and code of a problem, and that it is one by RFC 9457.
fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{}", answer.text);
    let told = answer.json();
    assert_eq!(told["code"], code, "{told}");
    assert_eq!(
        (&told["status"], &told["type"]),
        (&json!(status), &json!(format!("urn:kezek:problem:{code}")))
    );
    for field in ["title", "detail", "safe", "what_to_do"] {
        assert!(told[field].as_str().unwrap().len() > 5, "{field} of {told}");
    }
    told
}

fn application(serial: u16, born: &str) -> Value {
    json!({
        "queue": { "kind": "general", "settlement": 0 },
        "child": {
            "iin": iin(day(2018, 5, 1), serial), "surname": "Үмбетова", "given": "Аружан", "born": born
        },
        "address": "Ақбұлақ, Бейбітшілік көшесі 1"
    })
}

/// How many applications there are.
fn count(world: &World) -> usize {
    world.node.read(|state| state.applications().count())
}

#[tokio::test]
async fn wrong_values_of_an_application() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    let with = |path: &str, value: Value| {
        let mut body = application(1, "2018-05-01");
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let cases = [
        (with("/child/iin", json!("180501600000")), 422, "iin_invalid"),
        (with("/child/iin", json!("not a number")), 422, "iin_invalid"),
        (application(1, "2021-06-02"), 422, "wrong_age"),
        (application(1, "2014-05-01"), 422, "age_over_limit"),
        (application(1, "2018-02-30"), 400, "malformed"),
        (with("/queue", json!({ "kind": "general", "settlement": 7 })), 404, "not_found"),
        (
            with("/queue", json!({ "kind": "special", "organisation": 99, "profile": "есту" })),
            404,
            "not_found",
        ),
        (
            with("/queue", json!({ "kind": "special", "organisation": 2, "profile": "есту" })),
            422,
            "queue_needs_conclusion",
        ),
        (with("/queue", json!({ "kind": "general" })), 400, "malformed"),
        (with("/address", json!("")), 422, "invalid"),
        (with("/address", json!("я".repeat(301))), 422, "invalid"),
        (with("/address", json!(7)), 400, "malformed"),
    ];
    for (number, (body, status, code)) in cases.iter().enumerate() {
        problem(&parent.send("/applications", &format!("k{number}"), body).await, *status, code);
    }
    assert_eq!(count(&world), 0);
}

#[tokio::test]
async fn bodies_that_are_none() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    problem(&parent.bytes("/applications", "a", "").await, 400, "malformed");
    problem(&parent.bytes("/applications", "b", "{\"queue\":").await, 400, "malformed");
    let broken = parent.bytes("/applications", "c", &b"{\"address\": \"\xff\xfe\"}"[..]).await;
    problem(&broken, 400, "malformed");
    let mut unknown = application(1, "2018-05-01");
    unknown["priority"] = json!("please");
    let told = problem(&parent.send("/applications", "d", &unknown).await, 400, "malformed");
    assert!(told["hint"].as_str().unwrap().contains("priority"));
    let huge = format!("{{\"address\": \"{}\"}}", "a".repeat(10 * 1024 * 1024));
    problem(&parent.bytes("/applications", "e", huge).await, 413, "payload_too_large");
    let form = parent
        .request("POST", "/applications")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("Idempotency-Key", "f")
        .body(Body::from("address=x"));
    problem(&parent.0.ask(form.unwrap()).await, 415, "unsupported_media_type");
    let visitor = Sender(world.visitor());
    for (path, status, code) in [
        ("/nowhere", 404, "not_found"),
        ("/vacancies", 400, "malformed"),
        ("/vacancies?settlement=0&colour=red", 400, "malformed"),
        ("/vacancies?settlement=0&language=fr", 400, "malformed"),
        ("/bulletins/2021-02-30?settlement=0", 400, "malformed"),
        ("/queues/many?settlement=0", 400, "malformed"),
        ("/bulletins/latest?settlement=0", 404, "not_found"),
    ] {
        let request = visitor.request("GET", path).body(Body::empty()).unwrap();
        problem(&visitor.0.ask(request).await, status, code);
    }
    let wrong_method = visitor.request("DELETE", "/settlements").body(Body::empty()).unwrap();
    problem(&visitor.0.ask(wrong_method).await, 405, "method_not_allowed");
    assert_eq!(count(&world), 0);
}

#[tokio::test]
async fn a_change_carries_a_key_and_is_done_once() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    let body = application(1, "2018-05-01");
    let without = parent.request("POST", "/applications").header(header::CONTENT_TYPE, "application/json");
    let without = parent.0.ask(without.body(Body::from(body.to_string())).unwrap()).await;
    problem(&without, 400, "key_missing");
    problem(&parent.send("/applications", &"k".repeat(129), &body).await, 400, "key_missing");

    let first = parent.send("/applications", "one", &body).await;
    let again = parent.send("/applications", "one", &body).await;
    assert_eq!((first.status.as_u16(), &first.text), (201, &again.text));
    assert_eq!(again.status, first.status);
    problem(&parent.send("/applications", "one", &application(2, "2018-05-02")).await, 422, "key_reused");
    problem(&parent.send("/applications", "two", &body).await, 409, "duplicate_application");
    // A refusal is the answer to its key, too; and the keys of two people never meet.
    problem(&parent.send("/applications", "two", &body).await, 409, "duplicate_application");
    let other = sender(&world, world.marat).await;
    assert_eq!(
        other.send("/applications", "one", &application(102, "2018-05-02")).await.status.as_u16(),
        201
    );
    problem(&other.send("/applications/1/withdraw", "w", &json!({})).await, 404, "not_found");
    assert_eq!(count(&world), 2);
}

#[tokio::test]
async fn an_enrolment_sent_twice_is_answered_twice() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    let garden = sender(&world, world.garden).await;
    parent.send("/applications", "a", &application(1, "2018-05-01")).await.is(201);
    world.offer(1).await;
    world.at("2021-06-02T07:00:00").await;
    let claim = json!({ "vacancy": 0 });
    let first = parent.send("/applications/1/claim", "c", &claim).await;
    assert_eq!(first.is(200).text, parent.send("/applications/1/claim", "c", &claim).await.text);
    problem(&parent.send("/applications/1/claim", "d", &claim).await, 409, "live_referral");
    for act in ["documents/confirm", "enrol", "leave"] {
        let path = format!("/kindergarten/applications/1/{act}");
        let first = garden.send(&path, act, &json!({})).await;
        assert_eq!(first.is(200).text, garden.send(&path, act, &json!({})).await.is(200).text);
    }
    problem(&garden.send("/kindergarten/applications/1/enrol", "e", &json!({})).await, 409, "wrong_state");
    let special = sender(&world, world.special).await;
    problem(&special.send("/kindergarten/applications/1/enrol", "e", &json!({})).await, 404, "not_found");
}

#[tokio::test]
async fn an_old_view_changes_nothing() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    parent.send("/applications", "a", &application(1, "2018-05-01")).await.is(201);
    let seen = parent.0.call(Method::GET, "/api/v1/applications/1", "", Value::Null).await.json();
    let version = seen["version"].as_str().unwrap().to_string();
    parent.send("/applications/1/interest", "i", &json!({})).await.is(200);
    let withdraw = |key: &str, version: &str| {
        let request = parent
            .request("POST", "/applications/1/withdraw")
            .header("Idempotency-Key", key)
            .header(header::IF_MATCH, format!("\"{version}\""));
        parent.0.ask(request.body(Body::empty()).unwrap())
    };
    problem(&withdraw("x", "00000000").await, 412, "stale");
    withdraw("y", &version).await.is(200);
    // Sent again, it is the same change and not a new one on an old view.
    withdraw("y", &version).await.is(200);
}

#[tokio::test]
async fn files_are_what_they_say() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    let pdf: &[u8] = b"%PDF-1.7 made up";
    let about = [("purpose", "conclusion")];
    problem(&parent.upload("a", "a.pdf", "application/pdf", b"MZ made up", &about).await, 422, "invalid");
    problem(&parent.upload("b", "a.png", "image/png", pdf, &about).await, 422, "invalid");
    problem(&parent.upload("c", "a.pdf", "application/pdf", b"", &about).await, 422, "invalid");
    problem(&parent.upload("d", "a.pdf", "application/pdf", pdf, &[("purpose", "x")]).await, 422, "invalid");
    problem(
        &parent.upload("e", "a.pdf", "application/pdf", pdf, &[("colour", "red")]).await,
        400,
        "malformed",
    );
    let mut large = pdf.to_vec();
    large.resize(11 * 1024 * 1024, 0);
    problem(&parent.upload("f", "a.pdf", "application/pdf", &large, &about).await, 413, "payload_too_large");

    let taken = parent.upload("g", "a.pdf", "application/pdf", pdf, &about).await;
    let again = parent.upload("g", "a.pdf", "application/pdf", pdf, &about).await;
    assert_eq!(taken.is(201).text, again.is(201).text);
    let other = parent.upload("g", "b.pdf", "application/pdf", pdf, &about).await;
    problem(&other, 422, "key_reused");

    // The conclusion opens the special queue, goes to the child, and the provider can look at it.
    let id = taken.json()["document"].as_str().unwrap().to_string();
    let mut body = application(1, "2018-05-01");
    body["queue"] = json!({ "kind": "special", "organisation": 2, "profile": "есту" });
    body["documents"] = json!([id]);
    let stranger = sender(&world, world.marat).await;
    problem(&stranger.send("/applications", "s", &body).await, 422, "invalid");
    let first = parent.send("/applications", "z", &body).await;
    assert_eq!(first.is(201).text, parent.send("/applications", "z", &body).await.is(201).text);
    let provider = sender(&world, world.provider).await;
    let look = |path: String| {
        let request = provider.request("GET", &path).body(Body::empty()).unwrap();
        provider.0.ask(request)
    };
    let shown = look("/desk/applications/1".into()).await.json();
    assert_eq!(shown["documents"][0]["document"], json!(id));
    assert_eq!(shown["conclusion"], "on_file");
    assert_eq!(look(format!("/desk/documents/{id}")).await.is(200).text.as_bytes(), pdf);
    let looks = parent.0.call(Method::GET, "/api/v1/looks", "", Value::Null).await.json();
    assert_eq!(looks.as_array().unwrap().len(), 2);
    let own = parent.0.call(Method::GET, "/api/v1/documents", "", Value::Null).await.json();
    assert_eq!((own.as_array().unwrap().len(), &own[0]["application"]), (1, &json!(1)));
}

#[tokio::test]
async fn problems_speak_the_language_asked_for() {
    let world = World::open().await;
    let visitor = world.visitor();
    let mut titles = Vec::new();
    for language in ["kk", "ru", "en"] {
        let request = Request::get("/api/v1/applications")
            .header(header::ACCEPT_LANGUAGE, language)
            .body(Body::empty())
            .unwrap();
        let answer = visitor.ask(request).await;
        assert_eq!(answer.headers[header::CONTENT_LANGUAGE], language);
        titles.push(problem(&answer, 401, "not_signed_in")["detail"].clone());
    }
    titles.dedup();
    assert_eq!(titles.len(), 3);
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let world = World::open().await;
    let browser = world.browser(world.aigul).await;
    let request = |token: &str| {
        let request = Request::post("/api/v1/applications")
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", "k")
            .header("x-csrf-token", token)
            .body(Body::from(application(1, "2018-05-01").to_string()));
        browser.ask(request.unwrap())
    };
    problem(&request("guessed").await, 403, "csrf_token_missing");
    assert_eq!(count(&world), 0);
    request(&browser.csrf).await.is(201);
}

#[tokio::test]
async fn wrong_passwords_and_strange_clocks() {
    let world = World::open().await;
    let visitor = Sender(world.visitor());
    let wrong = json!({ "iin": iin(day(1990, 5, 5), 1), "password": "no" });
    problem(&visitor.send("/sessions", "k", &wrong).await, 401, "wrong_password");
    let unknown = json!({ "iin": "000000000000", "password": "no" });
    problem(&visitor.send("/sessions", "k", &unknown).await, 401, "wrong_password");
    problem(
        &visitor.send("/demo/clock", "c", &json!({ "to": "2020-01-01T00:00:00Z" })).await,
        422,
        "invalid",
    );
    problem(&visitor.send("/demo/clock", "c", &json!({ "to": "tomorrow" })).await, 400, "malformed");
    let hour = json!({ "step": "hour" });
    let moved = visitor.send("/demo/clock", "h", &hour).await;
    assert_eq!(moved.is(200).text, visitor.send("/demo/clock", "h", &hour).await.text);
    assert_eq!(moved.json()["now"], "2021-06-01T07:00:00Z");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let world = World::open().await;
    let parent = sender(&world, world.aigul).await;
    for _ in 0..2000 {
        let answer = parent.0.call(Method::GET, "/api/v1/notices", "", Value::Null).await;
        if answer.status.as_u16() != 200 {
            problem(&answer, 429, "too_many");
            assert_eq!(answer.headers[header::RETRY_AFTER], "60");
            return;
        }
    }
    panic!("nobody was turned away");
}
