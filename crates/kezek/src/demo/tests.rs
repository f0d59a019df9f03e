use kezek_records::Role;
use kezek_rules::State;
use kezek_rules::place::Cohort;
use std::collections::BTreeMap;

use super::build::Builder;
use super::figures::{PLACES, Size, WAITING, moment};
use super::folder::Folder;
use super::open;
use super::queue::City;
use crate::progress;

fn waiting(state: &State) -> usize {
    state.applications().filter(|(_, one)| !one.is_archived()).count()
}

#[test]
fn the_figures_are_those_published() {
    assert_eq!(PLACES.iter().map(|(_, places)| places).sum::<u32>(), 24_297);
    assert_eq!(WAITING, 55_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_is_built_as_planned_and_its_campaign_opens() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(directory.path().to_owned());
    folder.begin().unwrap();
    let node = open(&folder).await.unwrap();
    let size = Size::District;
    let mut builder = Builder::new(node.clone(), size, progress::bar("", 0)).unwrap();
    builder.take_over().await.unwrap();
    builder.live().await.unwrap();
    let cast = builder.cast().await.unwrap();

    assert_eq!(node.read(waiting), size.of(WAITING) as usize);
    let handed_over = node.read(|state| {
        let mut by_year: BTreeMap<i16, u32> = BTreeMap::new();
        for (_, vacancy) in state.vacancies() {
            if let Cohort::Born(year) = vacancy.cohort {
                *by_year.entry(year).or_default() += vacancy.announced + vacancy.returned;
            }
        }
        by_year
    });
    assert_eq!(handed_over, PLACES.map(|(year, places)| (year, size.of(places))).into());

    // A district's few places need not leave a window open on that evening; the city's do.
    let missing: Vec<&str> = super::look::PARENTS
        .iter()
        .map(|(_, about)| about[2])
        .filter(|about| !cast.iter().any(|one| one.about[2] == *about))
        .filter(|about| *about != super::words::WINDOW[2])
        .collect();
    assert!(missing.is_empty(), "each state worth seeing has somebody; missing: {missing:?}");
    for role in [Role::Provider, Role::Akimat, Role::StateCorporation, Role::Auditor, Role::Administrator] {
        assert_eq!(cast.iter().filter(|one| one.role == role).count(), 1);
    }
    assert_eq!(cast.iter().filter(|one| one.role == Role::Kindergarten).count(), 4);

    let zone = builder.zone.clone();
    let referrals = node.read(|state| state.referrals().count());
    node.set_clock(moment(&zone, 6, 10, 7, 0)).await.unwrap();
    let (windows, issued) = node.read(|state| {
        let windows = state.applications().map(|(_, one)| one.windows.len()).sum::<usize>();
        (windows, state.referrals().count() - referrals)
    });
    // Half of those in front lodged a list; nearly all of these are carried out at the opening.
    let places: u32 = PLACES.iter().map(|(_, places)| size.of(*places)).sum();
    assert!(issued as u32 > places / 3 && (issued as u32) < places * 2 / 3, "{issued} of {places}");
    assert!(windows + issued >= places as usize, "{windows} windows, {issued} referrals for {places} places");
    node.close().await;
    super::registry_tests::check_registries(&node, &builder.city);
}

#[test]
fn the_same_seed_makes_the_same_people() {
    let city = || {
        let maker = super::families::Maker::new(7);
        let zone = kezek_calendar::Zone::named(super::figures::ZONE).unwrap();
        let mut city = City::new(maker, zone, super::build::CITY);
        city.arrivals(super::figures::day(6, 1), 50).unwrap();
        city.families.iter().map(|family| (family.id, family.parent.iin)).collect::<Vec<_>>()
    };
    assert_eq!(city(), city());
}
