//! A parent without an account gets one at the office, and chooses an own password at the first sign-in.
#![allow(clippy::unwrap_used)]

mod common;

use common::{World, day, iin};

#[tokio::test]
async fn the_office_gives_a_password_for_one_sign_in() {
    let world = World::open().await;
    let desk = world.browser(world.provider).await;
    desk.get("/ru/desk/access").await.is(200).has("документ, удостоверяющий личность");
    let own = iin(day(1991, 3, 4), 77);
    let typed = [("iin", own.as_str()), ("surname", "Сағатова"), ("given", "Меруерт")];
    desk.post("/ru/desk/access", &[("iin", "1"), ("surname", "Сағатова")]).await.is(422);
    let given = desk.post("/ru/desk/access", &typed).await;
    given.is(200);
    let words = given.words();
    let at = words.find("Пароль на один вход").unwrap();
    let password = words[at..].split_whitespace().nth(4).unwrap().to_string();

    let mut parent = world.visitor();
    let entered = parent.post_raw("/kk/sign-in", &[("iin", &own), ("password", &password)]).await;
    let cookie = entered.is(303).headers["set-cookie"].to_str().unwrap().to_string();
    parent.cookie = cookie.split(';').next().unwrap().to_string();
    assert!(
        parent.get("/kk/apply").await.is(303).location.contains("/password"),
        "an own password comes first"
    );

    // Somebody else's name is not taken over by an IIN.
    let other = [("iin", own.as_str()), ("surname", "Басқа"), ("given", "Меруерт")];
    desk.post("/ru/desk/access", &other).await.is(422);
    // A kindergarten gives no access.
    world.browser(world.garden).await.post("/ru/desk/access", &typed).await.is(403);
}
