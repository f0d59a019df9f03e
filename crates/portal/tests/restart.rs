//! A form or call sent again after a restart gets the answer of the first time: the journal has it.
#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use axum::http::Method;
use common::{World, publish};
use desk::{done, family, form, press};
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::ids::{ApplicationId, GroupId, VacancyId};
use serde_json::json;

#[tokio::test]
async fn an_enrolment_sent_again() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    done(&world, publish(GroupId(0), 1), PrivateChanges::none()).await;
    world.at("2021-06-02T08:00:00").await;
    let id = ApplicationId::from_number(number).unwrap();
    done(&world, Command::Claim(id, VacancyId(0)), PrivateChanges::none()).await;
    let garden = world.browser(world.garden).await;
    let address = format!("/en/garden/referrals/{number}/enrol");
    let draft = garden.get(&format!("/en/garden/referrals/{number}/originals")).await;
    press(&garden, &draft, "/originals").await.is(303);
    let draft = garden.get(&address).await;
    let seen = form(&draft, "/enrol", "seen").1.to_string();
    let fields = [("step", "do"), ("seen", seen.as_str())];
    let first = garden.post_as(&address, "k", &fields).await;
    first.is(303);

    let world = world.restarted().await;
    let garden = common::Browser { app: world.app.clone(), ..garden };
    let head = world.node.head();
    let again = garden.post_as(&address, "k", &fields).await;
    again.is(303);
    assert_eq!(again.location, first.location);
    garden.post_as(&address, "other", &fields).await.is(409);
    assert_eq!(world.node.head(), head);
}

#[tokio::test]
async fn a_withdrawal_and_a_wish_sent_again() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    let aigul = world.browser(world.aigul).await;
    let wishes = format!("/en/my/{number}/wishes");
    let page = aigul.get(&wishes).await;
    let list = page.hidden("/wishes", "list");
    let wish = [("list", list.as_str()), ("op", "add"), ("organisation", "0"), ("language", "kk")];
    aigul.post_as(&wishes, "wish", &wish).await.is(303);
    let address = format!("/en/my/{number}/withdraw");
    let page = aigul.get(&address).await;
    let seen = page.hidden("/withdraw", "seen");
    let withdraw = [("seen", seen.as_str())];
    aigul.post_as(&address, "withdraw", &withdraw).await.is(303);

    let world = world.restarted().await;
    let aigul = common::Browser { app: world.app.clone(), ..aigul };
    let head = world.node.head();
    aigul.post_as(&wishes, "wish", &wish).await.is(303);
    aigul.post_as(&wishes, "other", &wish).await.is(409);
    aigul.post_as(&address, "withdraw", &withdraw).await.is(303);
    aigul.post_as(&address, "another", &withdraw).await.is(409);
    assert_eq!(world.node.head(), head);
}

#[tokio::test]
async fn a_call_sent_again_for_a_state_that_has_passed() {
    let world = World::open().await;
    let number = family(&world, 11, &[]).await;
    let aigul = world.browser(world.aigul).await;
    let address = format!("/api/v1/applications/{number}/withdraw");
    let first = aigul.call(Method::POST, &address, "k", json!({})).await;
    first.is(200);
    let world = world.restarted().await;
    let aigul = common::Browser { app: world.app.clone(), ..aigul };
    let again = aigul.call(Method::POST, &address, "k", json!({})).await;
    again.is(200);
    assert_eq!(again.text, first.text);
}
