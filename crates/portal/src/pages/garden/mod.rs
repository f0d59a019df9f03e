//! The kindergarten's desk (254/24.2, 254/25, 254/31–34): groups, places, referrals.

pub mod children;
mod groups;
mod overview;
mod publish;
mod referrals;
mod vacancy;

use axum::http::Method;

use crate::rights::Action;
use crate::routes::Routes;

/// All addresses of the kindergarten's desk.
pub fn routes() -> Routes {
    places().and(families())
}

fn places() -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    Routes::default()
        .page(Action::SeeGarden, get.clone(), "/{language}/garden", overview::show)
        .page(Action::SetGroup, get.clone(), "/{language}/garden/groups/{group}", groups::ask)
        .page(Action::SetGroup, post.clone(), "/{language}/garden/groups/{group}", groups::submit)
        .page(Action::OfferPlaces, get.clone(), "/{language}/garden/publish", publish::ask)
        .page(Action::OfferPlaces, post.clone(), "/{language}/garden/publish", publish::submit)
        .page(Action::SeeGarden, get.clone(), "/{language}/garden/vacancies/{vacancy}", vacancy::show)
        .page(Action::OfferPlaces, post.clone(), "/{language}/garden/vacancies/{vacancy}", vacancy::withdraw)
        .page(Action::OfferPlaces, get, "/{language}/garden/vacancies/{vacancy}/free", vacancy::ask_free)
        .page(Action::OfferPlaces, post, "/{language}/garden/vacancies/{vacancy}/free", vacancy::free)
}

fn families() -> Routes {
    const ONE: &str = "/{language}/garden/referrals/{number}";
    let (get, post) = (Method::GET, Method::POST);
    let act = format!("{ONE}/{{act}}");
    Routes::default()
        .page(Action::SeeGarden, get.clone(), "/{language}/garden/referrals", referrals::list)
        .page(Action::Enrol, get.clone(), ONE, referrals::show)
        .page(Action::Enrol, get.clone(), &act, referrals::ask)
        .page(Action::Enrol, post.clone(), &act, referrals::submit)
        .page(Action::SeeGarden, get.clone(), "/{language}/garden/children", children::list)
        .page(Action::Enrol, get, "/{language}/garden/children/{number}/leave", children::ask)
        .page(Action::Enrol, post, "/{language}/garden/children/{number}/leave", children::submit)
}
