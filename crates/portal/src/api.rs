//! The same as JSON, below `/api/v1`.
//!
//! One file per group of calls, each with its `routes()`; `values`, `codes`, `views`, `application` and `done` hold
//! what they speak in, `extract` and `once` how a change is taken in, `document` the description of it all.

// The macro that describes a call names the types of its arguments by their whole path.
#![allow(unused_qualifications)]

mod acts;
mod application;
mod apply;
pub(crate) mod applying;
mod bulletins;
mod changes;
mod clock;
mod codes;
mod contacts;
mod decisions;
mod desk;
pub mod document;
mod documents;
mod done;
mod enrolled;
mod extract;
mod garden;
mod imports;
mod incoming;
mod mine;
mod monthly;
mod once;
mod places;
pub mod problem;
mod profile;
mod protocol;
mod queues;
mod sessions;
mod settlements;
mod values;
mod views;
mod wishes;

use crate::routes::Routes;

/// All calls.
pub fn routes() -> Routes {
    let public = Routes::default()
        .and(sessions::routes())
        .and(clock::routes())
        .and(document::routes())
        .and(settlements::routes())
        .and(bulletins::routes())
        .and(places::routes())
        .and(queues::routes())
        .and(protocol::routes());
    let family = Routes::default()
        .and(apply::routes())
        .and(mine::routes())
        .and(changes::routes())
        .and(wishes::routes())
        .and(documents::routes());
    let provider = Routes::default()
        .and(desk::routes())
        .and(decisions::routes())
        .and(acts::routes())
        .and(imports::routes())
        .and(monthly::routes());
    let kindergarten =
        Routes::default().and(garden::routes()).and(incoming::routes()).and(enrolled::routes());
    public.and(family).and(provider).and(kindergarten)
}
