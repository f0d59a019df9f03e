//! Who waits, for what, since when.

use std::collections::BTreeMap;

use anyhow::Result;
use kezek_calendar::{Date, Instant, Zone, terms};
use kezek_rules::benefit::Benefit;
use kezek_rules::command::{Conclusion, Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ChildKey, ParentKey, SettlementId};

use super::families::{Family, Maker};
use super::figures::{self, EXTRAORDINARY, PRIORITY, SANATORIUM, SPECIAL, Size, YEARS, date, day, on};
use super::gardens::Care;

/// Children of one family whose births lie closer are twins or nothing.
const SIBLINGS_APART_DAYS: i32 = 300;

/// An application to be registered.
#[derive(Clone)]
pub struct Wait {
    /// Place of the family and of its child in the city's list.
    pub family: usize,
    pub child: usize,
    pub queue: QueueChoice,
    pub registered: Instant,
    pub benefits: Vec<Benefit>,
    pub conclusion: Conclusion,
}

impl Wait {
    /// The command that registers it.
    pub fn submit(&self, families: &[Family], draw: u32, came: Came) -> Option<Submit> {
        let family = families.get(self.family)?;
        let child = family.children.get(self.child)?;
        let (benefits, entry) = match came {
            Came::ByImport => {
                let entry = Entry::Imported { registered: self.registered, confirmed: self.benefits.clone() };
                (Vec::new(), entry)
            }
            Came::Now => (self.benefits.clone(), Entry::Sent),
        };
        Some(Submit {
            queue: self.queue.clone(),
            child: ChildKey(child.id),
            parent: ParentKey(family.id),
            born: child.born,
            iin: IinCheck::Valid,
            benefits,
            conclusion: self.conclusion,
            draw,
            entry,
        })
    }
}

/// How an application comes.
#[derive(Clone, Copy)]
pub enum Came {
    ByImport,
    Now,
}

/// The families of the city with what they wait for.
pub struct City {
    pub families: Vec<Family>,
    maker: Maker,
    zone: Zone,
    settlement: SettlementId,
}

impl City {
    pub fn new(maker: Maker, zone: Zone, settlement: SettlementId) -> Self {
        City { families: Vec::new(), maker, zone, settlement }
    }

    /// The birth date of the child of an application.
    pub fn born(&self, wait: &Wait) -> Option<Date> {
        Some(self.families.get(wait.family)?.children.get(wait.child)?.born)
    }

    pub fn maker(&mut self) -> &mut Maker {
        &mut self.maker
    }

    /// The queue as it is taken over: so many applications of the general queue, registered before `until`, and those
    /// of the special and sanatorium queues; by time.
    pub fn taken_over(&mut self, general: u32, size: Size, care: &[Care], until: Date) -> Result<Vec<Wait>> {
        let mut waits = Vec::new();
        for (year, share) in YEARS {
            let count = general * share / 1000;
            self.year(year, count, until, &mut waits)?;
        }
        let missing = general - u32::try_from(waits.len()).unwrap_or(general).min(general);
        self.year(2018, missing, until, &mut waits)?;
        self.care(size, care, until, &mut waits)?;
        waits.sort_by_key(|wait| wait.registered);
        Ok(waits)
    }

    /// New families that apply on a day.
    pub fn arrivals(&mut self, date: Date, count: u32) -> Result<Vec<Wait>> {
        let mut waits = Vec::new();
        for _ in 0..count {
            // Most are newborn, some have moved to the city.
            let age_days = match self.maker.rng.u32(..10) {
                0..8 => self.maker.rng.i32(3..60),
                _ => self.maker.rng.i32(60..4 * 365),
            };
            let family = self.new_family(terms::add_days(date, -age_days))?;
            let wait = self.general(family, 0, self.zone.instant(on(date, 10, 0)));
            waits.push(wait);
        }
        Ok(waits)
    }

    fn year(&mut self, year: i16, count: u32, until: Date, waits: &mut Vec<Wait>) -> Result<()> {
        let first = if year == 2014 { date(2014, 9, 2) } else { date(year, 1, 1) };
        let last = date(year, 12, 31).min(terms::add_days(until, -4));
        let days = terms::days_between(first, last).max(1);
        let mut left = count;
        while left > 0 {
            let born = terms::add_days(first, self.maker.rng.i32(0..days));
            let is_twins = left > 1 && self.maker.rng.u32(..100) == 0;
            let (family, child) = match self.elder_family(born) {
                Some(family) => {
                    let maker = &mut self.maker;
                    let known = &mut self.families[family];
                    maker.child(known, born)?;
                    (family, known.children.len() - 1)
                }
                None => (self.new_family(born)?, 0),
            };
            let registered = self.registration(born, until);
            waits.push(self.general(family, child, registered));
            left -= 1;
            if is_twins {
                self.maker.child(&mut self.families[family], born)?;
                let child = self.families[family].children.len() - 1;
                let later_us = self.maker.rng.i64(20_000_000..90_000_000);
                let mut twin = self.general(family, child, registered.plus_micros(later_us));
                twin.benefits = waits.last().map(|wait| wait.benefits.clone()).unwrap_or_default();
                waits.push(twin);
                left -= 1;
            }
        }
        Ok(())
    }

    /// Now and then the child is a brother or sister of one who waits already.
    fn elder_family(&mut self, born: Date) -> Option<usize> {
        if self.families.is_empty() || self.maker.rng.u32(..100) >= 14 {
            return None;
        }
        let family = self.maker.rng.usize(..self.families.len());
        let children = &self.families.get(family)?.children;
        let is_apart = |other: Date| terms::days_between(other, born).abs() > SIBLINGS_APART_DAYS;
        (children.len() < 3 && children.iter().all(|child| is_apart(child.born))).then_some(family)
    }

    fn new_family(&mut self, born: Date) -> Result<usize> {
        self.families.push(self.maker.family(born)?);
        Ok(self.families.len() - 1)
    }

    fn general(&mut self, family: usize, child: usize, registered: Instant) -> Wait {
        Wait {
            family,
            child,
            queue: QueueChoice::General(self.settlement),
            registered,
            benefits: self.benefits(),
            conclusion: Conclusion::None,
        }
    }

    fn benefits(&mut self) -> Vec<Benefit> {
        let rng = &mut self.maker.rng;
        match rng.u32(..1000) {
            drawn if drawn < EXTRAORDINARY => {
                vec![if rng.u32(..10) < 7 { Benefit::Serviceman } else { Benefit::SpecialBody }]
            }
            drawn if drawn < EXTRAORDINARY + PRIORITY => vec![match rng.u32(..100) {
                0..58 => Benefit::LargeFamily,
                58..74 => Benefit::Teacher,
                74..88 => Benefit::FamilyWithDisabledChild,
                88..96 => Benefit::ParentDisabled,
                96..98 => Benefit::NoParentalCare,
                _ => Benefit::Orphan,
            }],
            _ => Vec::new(),
        }
    }

    /// Seven of ten families register in the first two months, the others when they come to the city.
    fn registration(&mut self, born: Date, until: Date) -> Instant {
        let rng = &mut self.maker.rng;
        let days = terms::days_between(born, until).max(2);
        let after = if rng.u32(..10) < 7 { rng.i32(3..60).min(days - 1) } else { rng.i32(1..days) };
        let hour = i8::try_from(rng.u32(8..22)).unwrap_or(12);
        let minute = i8::try_from(rng.u32(..60)).unwrap_or(0);
        let within_us = rng.i64(0..60_000_000);
        self.zone.instant(on(terms::add_days(born, after), hour, minute)).plus_micros(within_us)
    }

    /// Half of those who wait for a special or sanatorium group wait in the general queue too (254/17).
    fn care(&mut self, size: Size, care: &[Care], until: Date, waits: &mut Vec<Wait>) -> Result<()> {
        let mut by_kind: BTreeMap<bool, Vec<&Care>> = BTreeMap::new();
        for one in care {
            by_kind.entry(matches!(one.queue, QueueChoice::Special(..))).or_default().push(one);
        }
        for (is_special, figure) in [(true, SPECIAL), (false, SANATORIUM)] {
            let Some(care) = by_kind.get(&is_special) else { continue };
            for number in 0..size.of(figure) {
                let years_old = self.maker.rng.i32(2 * 365..5 * 365);
                let born = terms::add_days(day(6, 1), -years_old);
                let family = self.new_family(born)?;
                let registered = self.registration(born, until);
                let one = care[self.maker.rng.usize(..care.len())];
                let wait = Wait {
                    family,
                    child: 0,
                    queue: one.queue.clone(),
                    registered,
                    benefits: Vec::new(),
                    conclusion: Conclusion::OnFile,
                };
                if number % 2 == 0 {
                    let mut general = self.general(family, 0, registered.plus_micros(1_500_000));
                    general.conclusion = Conclusion::OnFile;
                    if is_special {
                        general.benefits = vec![Benefit::SpecialNeeds];
                    }
                    waits.push(general);
                }
                waits.push(wait);
            }
        }
        Ok(())
    }
}

/// How many of the general queue are taken over, so that those of the last weeks make it whole.
pub fn general_taken_over(size: Size, days_of_arrivals: u32) -> u32 {
    let waiting = size.of(figures::WAITING);
    let care = size.of(SPECIAL) + size.of(SANATORIUM);
    // Those who wait for care and stand in the general queue too.
    let both = size.of(SPECIAL).div_ceil(2) + size.of(SANATORIUM).div_ceil(2);
    waiting - care - both - size.of(figures::A_DAY) * days_of_arrivals
}
