//! The order of clause 21 and what the opening gives, in plain code that shares nothing with the rules.

use std::collections::BTreeMap;

use super::city::{Application, City, Class, Vacancy};

/// Who holds a window at the opening, by year of birth and in queue order: as many as there are places.
pub fn holders(applications: &[Application], vacancies: &[Vacancy]) -> BTreeMap<i16, Vec<u32>> {
    let mut places: BTreeMap<i16, u32> = BTreeMap::new();
    for vacancy in vacancies {
        *places.entry(vacancy.year).or_default() += vacancy.places;
    }
    places
        .into_iter()
        .map(|(year, places)| (year, in_order(applications, year).take(places as usize).collect()))
        .collect()
}

/// Extraordinary ones first; then one priority, three general, and so on; each class by time.
fn in_order(applications: &[Application], year: i16) -> impl Iterator<Item = u32> {
    let of_class = |class: Class| {
        let mut found: Vec<(i64, u32, u32)> = (0..)
            .zip(applications)
            .filter(|(_, one)| one.year == year && one.class == class)
            .map(|(id, one)| (one.registered_us, one.draw, id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, _, id)| id)
    };
    let mut priority = of_class(Class::Priority);
    let mut general = of_class(Class::General);
    let mut turn = 0;
    let interleaved = std::iter::from_fn(move || {
        turn += 1;
        if turn % 4 == 1 {
            priority.next().or_else(|| general.next())
        } else {
            general.next().or_else(|| priority.next())
        }
    });
    of_class(Class::Extraordinary).chain(interleaved)
}

/// Places left by vacancy, and who got which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub free: Vec<u32>,
    /// Vacancy by application.
    pub given: BTreeMap<u32, u32>,
}

impl Standing {
    /// All places free.
    pub fn before(city: &City) -> Standing {
        Standing { free: city.vacancies.iter().map(|vacancy| vacancy.places).collect(), given: BTreeMap::new() }
    }

    /// After the wish lists of the window holders, in queue order (R3.29).
    pub fn after_wishes(city: &City) -> Standing {
        let mut standing = Standing::before(city);
        for (year, holders) in &city.holders {
            for holder in holders {
                let Some(wishes) = city.wishes.get(holder) else { continue };
                let offered = wishes.iter().filter_map(|kindergarten| city.vacancy_of(*kindergarten, *year));
                let offered: Vec<u32> = offered.collect();
                offered.into_iter().find(|vacancy| standing.give(*holder, *vacancy));
            }
        }
        standing
    }

    /// Gives a place if one is left and the application has none.
    pub fn give(&mut self, application: u32, vacancy: u32) -> bool {
        let Some(free) = self.free.get_mut(vacancy as usize).filter(|free| **free > 0) else { return false };
        if self.given.contains_key(&application) {
            return false;
        }
        *free -= 1;
        self.given.insert(application, vacancy);
        true
    }

    pub fn free_of(&self, vacancy: u32) -> u32 {
        self.free.get(vacancy as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(class: Class, registered_us: i64) -> Application {
        Application { year: 2018, month: 1, day: 1, class, registered_us, draw: 0 }
    }

    #[test]
    fn the_order_is_that_of_the_law() {
        use Class::{Extraordinary as E, General as G, Priority as P};
        // The vector of R3.7: E1 E2 P1 G1 G2 G3 P2 G4 G5 P3.
        let classes = [G, P, G, E, G, P, G, P, E, G];
        let applications: Vec<Application> =
            (0..).zip(classes).map(|(time, class)| one(class, time)).collect();
        assert_eq!(in_order(&applications, 2018).collect::<Vec<_>>(), [3, 8, 1, 0, 2, 4, 5, 6, 9, 7]);
    }

    #[test]
    fn who_comes_after_the_last_place_holds_no_window() {
        let applications: Vec<Application> = (0..5).map(|time| one(Class::General, time)).collect();
        let vacancies = [Vacancy { kindergarten: 0, year: 2018, places: 2 }];
        assert_eq!(holders(&applications, &vacancies), BTreeMap::from([(2018, vec![0, 1])]));
    }
}
