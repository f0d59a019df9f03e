//! The made-up city: who waits, what is offered, who wishes what. One seed gives every side the same.

use std::collections::{BTreeMap, HashMap};

use fastrand::Rng;

use super::order;

/// Places and applications by year of birth, in the proportions of the demonstration's campaign.
const YEARS: [(i16, u32, u32); 4] =
    [(2016, 3_235, 103), (2017, 5_616, 167), (2018, 9_372, 241), (2019, 6_074, 226)];
/// Extraordinary and priority applications, in hundredths.
const EXTRAORDINARY: u32 = 2;
const PRIORITY: u32 = 22;
const WISHES: usize = 5;
/// How unevenly kindergartens are wished for.
const ZIPF: f64 = 1.1;
/// The first registration, 2018-06-01T00:00:00Z, and the time until the last one.
const FIRST_US: i64 = 1_527_811_200_000_000;
const SPAN_US: i64 = 3 * 365 * 86_400_000_000;

/// How large a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub applications: u32,
    pub places: u32,
    pub kindergartens: u32,
    /// Cities as large that only wait, so that the whole state is larger.
    pub others: u32,
}

/// What orders applications (254/21); the benchmark knows the law by itself, so that it can check the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Extraordinary,
    Priority,
    General,
}

#[derive(Clone, Debug)]
pub struct Application {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub class: Class,
    pub registered_us: i64,
    pub draw: u32,
}

#[derive(Clone, Debug)]
pub struct Vacancy {
    pub kindergarten: u32,
    pub year: i16,
    pub places: u32,
}

/// Applications and vacancies are numbered by their place in the list, on every side.
pub struct City {
    pub size: Size,
    pub applications: Vec<Application>,
    pub vacancies: Vec<Vacancy>,
    /// Window holders by year, in queue order: as many as the year has places.
    pub holders: BTreeMap<i16, Vec<u32>>,
    /// Kindergartens in the order of the wish, by application.
    pub wishes: BTreeMap<u32, Vec<u32>>,
    vacancy_of: HashMap<(u32, i16), u32>,
    popularity: Popularity,
}

impl City {
    pub fn new(size: Size, rng: &mut Rng) -> City {
        let vacancies = vacancies(size);
        let vacancy_of = (0..).zip(&vacancies).map(|(id, one)| ((one.kindergarten, one.year), id)).collect();
        let applications = applications(size, rng);
        let holders = order::holders(&applications, &vacancies);
        let mut city = City {
            size,
            applications,
            vacancies,
            holders,
            wishes: BTreeMap::new(),
            vacancy_of,
            popularity: Popularity::new(size.kindergartens),
        };
        city.wish(rng);
        city
    }

    /// The vacancy of a kindergarten for a year of birth, where it has one.
    pub fn vacancy_of(&self, kindergarten: u32, year: i16) -> Option<u32> {
        self.vacancy_of.get(&(kindergarten, year)).copied()
    }

    /// A kindergarten's vacancy for this year as families choose: a few are wanted by most.
    pub fn choose(&self, year: i16, rng: &mut Rng) -> Option<u32> {
        // In a city with few places not every kindergarten has one for each year.
        (0..100).find_map(|_| self.vacancy_of(self.popularity.draw(rng), year))
    }

    /// Half of the window holders lodge a list.
    fn wish(&mut self, rng: &mut Rng) {
        let mut holders: Vec<u32> = self.holders.values().flatten().copied().collect();
        rng.shuffle(&mut holders);
        holders.truncate(holders.len() / 2);
        for holder in holders {
            let mut choices: Vec<u32> = Vec::with_capacity(WISHES);
            while choices.len() < WISHES.min(self.size.kindergartens as usize) {
                let kindergarten = self.popularity.draw(rng);
                if !choices.contains(&kindergarten) {
                    choices.push(kindergarten);
                }
            }
            self.wishes.insert(holder, choices);
        }
    }
}

fn vacancies(size: Size) -> Vec<Vacancy> {
    let all: u32 = YEARS.iter().map(|(_, places, _)| places).sum();
    let mut left = size.places;
    let mut found = Vec::new();
    for (index, (year, share, _)) in YEARS.into_iter().enumerate() {
        let of_year = if index + 1 == YEARS.len() { left } else { size.places * share / all };
        left -= of_year;
        let (each, more) = (of_year / size.kindergartens, of_year % size.kindergartens);
        for kindergarten in 0..size.kindergartens {
            let places = each + u32::from(kindergarten < more);
            if places > 0 {
                found.push(Vacancy { kindergarten, year, places });
            }
        }
    }
    found
}

/// In order of registration, no two at one time.
fn applications(size: Size, rng: &mut Rng) -> Vec<Application> {
    let all: u32 = YEARS.iter().map(|(_, _, share)| share).sum();
    let step = SPAN_US / i64::from(size.applications.max(1));
    (0..size.applications)
        .map(|number| {
            let mut drawn = rng.u32(..all);
            let mut year = 2016;
            for (one, _, share) in YEARS {
                year = one;
                if drawn < share {
                    break;
                }
                drawn -= share;
            }
            let class = match rng.u32(..100) {
                drawn if drawn < EXTRAORDINARY => Class::Extraordinary,
                drawn if drawn < EXTRAORDINARY + PRIORITY => Class::Priority,
                _ => Class::General,
            };
            Application {
                year,
                month: rng.i8(1..=12),
                day: rng.i8(1..=28),
                class,
                registered_us: FIRST_US + step * i64::from(number),
                draw: rng.u32(..),
            }
        })
        .collect()
}

/// Zipf's law over kindergartens.
struct Popularity {
    /// The share of the kindergartens up to each, the last 1.
    upto: Vec<f64>,
}

impl Popularity {
    fn new(kindergartens: u32) -> Popularity {
        let weights = (1..=kindergartens).map(|rank| f64::from(rank).powf(-ZIPF));
        let mut sum = 0.0;
        let upto: Vec<f64> = weights
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        Popularity { upto: upto.into_iter().map(|upto| upto / sum).collect() }
    }

    fn draw(&self, rng: &mut Rng) -> u32 {
        let drawn = rng.f64();
        let found = self.upto.partition_point(|upto| *upto < drawn);
        u32::try_from(found.min(self.upto.len().saturating_sub(1))).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { applications: 3_000, places: 500, kindergartens: 10, others: 0 };

    #[test]
    fn one_seed_gives_one_city() {
        let (one, other) = (City::new(SIZE, &mut Rng::with_seed(1)), City::new(SIZE, &mut Rng::with_seed(1)));
        assert_eq!(one.wishes, other.wishes);
        assert_eq!(one.holders, other.holders);
        assert_eq!(one.wishes.len(), 250);
        assert_eq!(one.vacancies.iter().map(|vacancy| vacancy.places).sum::<u32>(), 500);
        assert_ne!(one.wishes, City::new(SIZE, &mut Rng::with_seed(2)).wishes);
    }

    #[test]
    fn few_kindergartens_are_wanted_by_most() {
        let popularity = Popularity::new(100);
        let mut rng = Rng::with_seed(1);
        let drawn: Vec<u32> = (0..10_000).map(|_| popularity.draw(&mut rng)).collect();
        let first_ten = drawn.iter().filter(|one| **one < 10).count();
        assert!((5_500..7_500).contains(&first_ten), "{first_ten}");
        assert!(drawn.iter().all(|one| *one < 100));
    }
}
