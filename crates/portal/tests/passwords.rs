//! One-time passwords, wrong passwords and changed ones, in a browser and by the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{World, day, iin};
use kezek_node::Access;

#[tokio::test]
async fn a_one_time_password_leads_to_a_new_one_and_nowhere_else() {
    let world = World::open().await;
    let Access::OneTimePassword(once) = world.node.people().give_access(world.aigul).await.unwrap() else {
        panic!("a parent's account")
    };
    let number = iin(day(1990, 5, 5), 1);
    let browser = world.visitor();
    let entered = browser.post_raw("/en/sign-in", &[("iin", &number), ("password", &once)]).await;
    entered.is(303);
    let browser = world.browser(world.aigul).await;
    let led = browser.get("/en/my").await;
    led.is(303);
    assert_eq!(led.location, "/en/password");
    let same = browser.post("/en/password", &[("present", &once), ("new", &once)]).await;
    same.is(422).has("The new password is the present one");
    browser.post("/en/password", &[("present", &once), ("new", "жеті бұлақ 77")]).await.is(303);
    let browser = world.browser(world.aigul).await;
    browser.get("/en/my").await.is(200);
}
