//! Was it lawful? Judged from what stands in the side's own tables afterwards, in code that shares nothing with the
//! rules: no place twice, no applicant twice, everyone had access, and answers and places agree.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::city::City;
use super::desk::Answer;
use super::order::Standing;
use super::plan::{Claim, Scene};

/// A place that was given, as a side's tables tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    pub application: u32,
    pub vacancy: u32,
    /// Which of its places, where a side tells them apart.
    pub place: Option<u32>,
}

/// What a side did against the law, or against its own word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("vacancy {vacancy} has {places} places and {given} were given")]
    TooMany { vacancy: u32, places: u32, given: u32 },
    #[error("place {0} was given twice")]
    PlaceTwice(u32),
    #[error("application {0} has two places")]
    ApplicantTwice(u32),
    #[error("application {0} had no access to vacancy {1}")]
    NoAccess(u32, u32),
    #[error("what stood before the run is not what it should be: application {0}")]
    OtherBefore(u32),
    #[error("claim {0} was answered with a place that is not in the tables")]
    NotKept(usize),
    #[error("application {0} has a place that nobody was told of")]
    NotTold(u32),
    #[error("claim {0} was refused for a reason that does not hold: {1:?}")]
    WrongRefusal(usize, Answer),
    #[error("claim {0} was answered otherwise than the same claim before")]
    OtherAnswer(usize),
    #[error("{0} claims were sent and {1} answered")]
    Unanswered(usize, usize),
}

/// How many places were given in the run, if all is lawful.
pub fn check(
    city: &City,
    scene: Scene,
    before: &Standing,
    claims: &[Claim],
    answers: &[Answer],
    given: &[Given],
) -> Result<usize, Fault> {
    if claims.len() != answers.len() {
        return Err(Fault::Unanswered(claims.len(), answers.len()));
    }
    let now = no_two(given)?;
    places(city, given)?;
    let new = as_before(before, &now)?;
    access(city, scene, &new)?;
    told(claims, answers, &new)?;
    refused(city, scene, claims, answers, &now)?;
    Ok(new.len())
}

/// Vacancy by application; no applicant and no place twice.
fn no_two(given: &[Given]) -> Result<BTreeMap<u32, u32>, Fault> {
    let mut now = BTreeMap::new();
    let mut places = HashSet::new();
    for one in given {
        if now.insert(one.application, one.vacancy).is_some() {
            return Err(Fault::ApplicantTwice(one.application));
        }
        if let Some(place) = one.place.filter(|place| !places.insert(*place)) {
            return Err(Fault::PlaceTwice(place));
        }
    }
    Ok(now)
}

fn given_by_vacancy(given: impl Iterator<Item = u32>) -> BTreeMap<u32, u32> {
    let mut counted = BTreeMap::new();
    for vacancy in given {
        *counted.entry(vacancy).or_default() += 1;
    }
    counted
}

fn places(city: &City, given: &[Given]) -> Result<(), Fault> {
    for (vacancy, given) in given_by_vacancy(given.iter().map(|one| one.vacancy)) {
        let places = city.vacancies.get(vacancy as usize).map_or(0, |one| one.places);
        if given > places {
            return Err(Fault::TooMany { vacancy, places, given });
        }
    }
    Ok(())
}

/// What was given in the run: all that was not there before, while all that was is still the same.
fn as_before(before: &Standing, now: &BTreeMap<u32, u32>) -> Result<BTreeMap<u32, u32>, Fault> {
    for (application, vacancy) in &before.given {
        if now.get(application) != Some(vacancy) {
            return Err(Fault::OtherBefore(*application));
        }
    }
    let new = now.iter().filter(|(application, _)| !before.given.contains_key(application));
    Ok(new.map(|(application, vacancy)| (*application, *vacancy)).collect())
}

/// The child's year is that of the place; and a window in the first days, anybody afterwards.
fn access(city: &City, scene: Scene, new: &BTreeMap<u32, u32>) -> Result<(), Fault> {
    let holders = holders(city);
    for (application, vacancy) in new {
        let child = city.applications.get(*application as usize).map(|one| one.year);
        let place = city.vacancies.get(*vacancy as usize).map(|one| one.year);
        let may = match scene {
            Scene::Windows => holders.contains(application),
            Scene::Open => true,
        };
        if child.is_none() || child != place || !may {
            return Err(Fault::NoAccess(*application, *vacancy));
        }
    }
    Ok(())
}

fn holders(city: &City) -> BTreeSet<u32> {
    city.holders.values().flatten().copied().collect()
}

/// Who was told of a place has it, who has one was told, and the same claim with the same key got the same place.
fn told(claims: &[Claim], answers: &[Answer], new: &BTreeMap<u32, u32>) -> Result<(), Fault> {
    let mut told = BTreeSet::new();
    let mut keys_of: BTreeMap<u32, u32> = BTreeMap::new();
    for (index, (claim, answer)) in claims.iter().zip(answers).enumerate() {
        if *answer != Answer::Given {
            // With the key that got the place, any answer but the place is another answer.
            continue;
        }
        if new.get(&claim.application) != Some(&claim.vacancy) {
            return Err(Fault::NotKept(index));
        }
        told.insert(claim.application);
        // One application gets its place by one key only.
        if *keys_of.entry(claim.application).or_insert(claim.key) != claim.key {
            return Err(Fault::OtherAnswer(index));
        }
    }
    for (index, (claim, answer)) in claims.iter().zip(answers).enumerate() {
        if *answer != Answer::Given && keys_of.get(&claim.application) == Some(&claim.key) {
            return Err(Fault::OtherAnswer(index));
        }
    }
    match new.keys().find(|application| !told.contains(application)) {
        Some(application) => Err(Fault::NotTold(*application)),
        None => Ok(()),
    }
}

/// Places only become fewer in a run, so a vacancy that was once empty is empty at the end.
fn refused(
    city: &City,
    scene: Scene,
    claims: &[Claim],
    answers: &[Answer],
    now: &BTreeMap<u32, u32>,
) -> Result<(), Fault> {
    let given = given_by_vacancy(now.values().copied());
    let holders = holders(city);
    let is_full = |claim: &Claim| {
        let places = city.vacancies.get(claim.vacancy as usize).map_or(0, |one| one.places);
        given.get(&claim.vacancy).copied().unwrap_or(0) == places
    };
    let is_outside = |claim: &Claim| scene == Scene::Windows && !holders.contains(&claim.application);
    let has_place = |claim: &Claim| now.contains_key(&claim.application);
    for (index, (claim, answer)) in claims.iter().zip(answers).enumerate() {
        let holds = match answer {
            Answer::Given => true,
            Answer::PlaceTaken => is_full(claim),
            Answer::NoAccess => is_outside(claim),
            Answer::LiveReferral => has_place(claim),
            Answer::Refused => is_full(claim) || is_outside(claim) || has_place(claim),
            Answer::Other => false,
        };
        if !holds {
            return Err(Fault::WrongRefusal(index, *answer));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
