//! What the claimants will ask for, the same for every side.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::city::City;
use super::order::Standing;

/// Of a hundred claims so many are made without looking whether places are left, by somebody without a window, and
/// again with the key of an earlier one.
const BLIND: u32 = 10;
const WITHOUT_WINDOW: u32 = 3;
const REPEATED: u32 = 10;

/// One claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub application: u32,
    pub vacancy: u32,
    /// The idempotency key: the place in the list of the first claim that was made with it.
    pub key: u32,
}

/// In which state of the city claims are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scene {
    /// The opening was held and the wish lists carried out; windows are open.
    Windows,
    /// Half of the other window holders came too; now everyone may take what is left.
    Open,
}

/// What kind of a rush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Mix {
    /// Anybody, again and again, for what most want: most are refused.
    Contended,
    /// Window holders, then the others, each once and mostly for what is left: most get a place.
    Broad,
}

impl Mix {
    /// The scenes it is played in.
    pub fn scenes(self) -> &'static [Scene] {
        match self {
            Mix::Contended => &[Scene::Open],
            Mix::Broad => &[Scene::Windows, Scene::Open],
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Mix::Contended => "contended",
            Mix::Broad => "broad",
        }
    }
}

/// All claims of the benchmark, and what stands before each scene.
pub struct Plan {
    /// The claims that lead from the first scene to the second.
    pub between: Vec<Claim>,
    before: BTreeMap<Scene, Standing>,
    claims: BTreeMap<(Mix, Scene), Vec<Claim>>,
}

impl Plan {
    pub fn new(city: &City, contended: u32, rng: &mut Rng) -> Plan {
        let opened = Standing::after_wishes(city);
        let between = window_claims(city, &opened, rng);
        let mut open = opened.clone();
        for claim in &between {
            let is_holder = has_window(city, claim.application);
            if is_holder {
                open.give(claim.application, claim.vacancy);
            }
        }
        let claims = BTreeMap::from([
            ((Mix::Broad, Scene::Windows), with_repetitions(between.clone(), rng)),
            ((Mix::Broad, Scene::Open), with_repetitions(open_claims(city, &open, rng), rng)),
            ((Mix::Contended, Scene::Open), with_repetitions(contended_claims(city, contended, rng), rng)),
        ]);
        Plan { between, before: BTreeMap::from([(Scene::Windows, opened), (Scene::Open, open)]), claims }
    }

    /// What is given and free when a scene begins.
    pub fn before(&self, scene: Scene) -> &Standing {
        static NOTHING: Standing = Standing { free: Vec::new(), given: BTreeMap::new() };
        self.before.get(&scene).unwrap_or(&NOTHING)
    }

    pub fn claims(&self, mix: Mix, scene: Scene) -> &[Claim] {
        self.claims.get(&(mix, scene)).map_or(&[], Vec::as_slice)
    }
}

fn has_window(city: &City, application: u32) -> bool {
    city.holders.values().any(|holders| holders.contains(&application))
}

/// Half of the holders without a list come, and a few others.
fn window_claims(city: &City, opened: &Standing, rng: &mut Rng) -> Vec<Claim> {
    let holders: BTreeSet<u32> = city.holders.values().flatten().copied().collect();
    let mut come: Vec<u32> = holders.iter().copied().filter(|id| !city.wishes.contains_key(id)).collect();
    rng.shuffle(&mut come);
    come.truncate(come.len() / 2);
    let count = u32::try_from(come.len()).unwrap_or(u32::MAX);
    come.extend((0..count * WITHOUT_WINDOW / 100).filter_map(|_| {
        let anybody = rng.u32(..city.size.applications);
        (!holders.contains(&anybody)).then_some(anybody)
    }));
    rng.shuffle(&mut come);
    let mut left = opened.clone();
    come.into_iter().filter_map(|id| looking(city, id, &mut left, &holders, rng)).collect()
}

/// The others, each once, until nothing is left.
fn open_claims(city: &City, open: &Standing, rng: &mut Rng) -> Vec<Claim> {
    let mut come: Vec<u32> = (0..city.size.applications).filter(|id| !open.given.contains_key(id)).collect();
    let everyone: BTreeSet<u32> = come.iter().copied().collect();
    rng.shuffle(&mut come);
    let mut left = open.clone();
    come.into_iter().filter_map(|id| looking(city, id, &mut left, &everyone, rng)).collect()
}

/// One who looks at the list of places first, mostly; none when nothing is left for the child's year.
fn looking(
    city: &City,
    id: u32,
    left: &mut Standing,
    may: &BTreeSet<u32>,
    rng: &mut Rng,
) -> Option<Claim> {
    let year = city.applications.get(id as usize)?.year;
    let is_blind = rng.u32(..100) < BLIND;
    let wanted = (0..30).filter_map(|_| city.choose(year, rng)).find(|one| is_blind || left.free_of(*one) > 0);
    let vacancy = wanted.or_else(|| {
        let mut of_year = (0..).zip(&city.vacancies).filter(|(_, vacancy)| vacancy.year == year);
        of_year.find(|(one, _)| left.free_of(*one) > 0).map(|(one, _)| one)
    })?;
    // Whoever finds that nothing is left for the year stays at home, also the blind.
    let mut of_year = (0..).zip(&city.vacancies).filter(|(_, vacancy)| vacancy.year == year);
    of_year.find(|(one, _)| left.free_of(*one) > 0)?;
    if may.contains(&id) {
        left.give(id, vacancy);
    }
    Some(Claim { application: id, vacancy, key: 0 })
}

fn contended_claims(city: &City, count: u32, rng: &mut Rng) -> Vec<Claim> {
    (0..count)
        .filter_map(|_| {
            let application = rng.u32(..city.size.applications);
            let year = city.applications.get(application as usize)?.year;
            Some(Claim { application, vacancy: city.choose(year, rng)?, key: 0 })
        })
        .collect()
}

/// Gives keys and repeats some earlier claims, word for word.
fn with_repetitions(claims: Vec<Claim>, rng: &mut Rng) -> Vec<Claim> {
    let mut all: Vec<Claim> = Vec::with_capacity(claims.len() * 11 / 10);
    for claim in claims {
        let key = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.push(Claim { key, ..claim });
        if rng.u32(..100) < REPEATED {
            all.extend(rng.choice(&all).copied());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::city::Size;
    use super::*;

    #[test]
    fn most_of_the_broad_mix_can_be_met_and_keys_repeat_whole_claims() {
        let size = Size { applications: 6_000, places: 1_000, kindergartens: 10, others: 0 };
        let mut rng = Rng::with_seed(3);
        let city = City::new(size, &mut rng);
        let plan = Plan::new(&city, 2_000, &mut rng);
        for scene in [Scene::Windows, Scene::Open] {
            let mut standing = plan.before(scene).clone();
            let claims = plan.claims(Mix::Broad, scene);
            let firsts: Vec<&Claim> =
                claims.iter().zip(0..).filter(|(one, at)| one.key == *at).map(|(one, _)| one).collect();
            let met = firsts.iter().filter(|one| standing.give(one.application, one.vacancy)).count();
            assert!(met * 10 > firsts.len() * 8, "{met} of {}", firsts.len());
            assert!(claims.iter().all(|one| claims[one.key as usize] == *one));
            let repeated = claims.len() - firsts.len();
            assert!(repeated * 100 > firsts.len() * 5, "{repeated} of {}", firsts.len());
        }
        assert!(plan.before(Scene::Open).given.len() > plan.before(Scene::Windows).given.len());
    }
}
