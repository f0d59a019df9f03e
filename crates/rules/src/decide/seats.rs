//! Places for several children at once: each a seat it may have, none twice, and no batch past its room.

use crate::ids::{BatchId, VacancyId};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};

/// A place of a vacancy in a batch.
pub(super) type Seat = (BatchId, VacancyId);

/// How much there is to give; what is not named is nothing.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Free places.
    pub(super) seats: BTreeMap<Seat, u32>,
    /// Of a batch, all its vacancies together.
    pub(super) batches: BTreeMap<BatchId, u32>,
}

/// Seats for all, in the order of `wishes`; the first child gets the first of its seats that lets all in, then the
/// second, and so on. None when there are none.
pub(super) fn first_seats(room: &Room, wishes: &[Vec<Seat>]) -> Option<Vec<Seat>> {
    let mut narrowed = wishes.to_vec();
    for (child, seats) in wishes.iter().enumerate() {
        let found = seats.iter().find(|seat| {
            narrowed[child] = vec![**seat];
            can_seat(room, &narrowed)
        });
        narrowed[child] = vec![*found?];
    }
    Some(narrowed.into_iter().flatten().collect())
}

/// Whether there are seats for all.
pub(super) fn can_seat(room: &Room, wishes: &[Vec<Seat>]) -> bool {
    let mut plan = Plan { room, wishes, given: vec![None; wishes.len()] };
    (0..wishes.len()).all(|child| plan.seat(child, &mut Seen::default()))
}

/// Seats given so far. One more child is let in by moving others on, each at most once: an augmenting path of the
/// flow from children over vacancies to batches.
struct Plan<'a> {
    room: &'a Room,
    wishes: &'a [Vec<Seat>],
    given: Vec<Option<Seat>>,
}

/// What a search has been at.
#[derive(Default)]
struct Seen {
    children: BTreeSet<usize>,
    seats: BTreeSet<Seat>,
    batches: BTreeSet<BatchId>,
}

impl Plan<'_> {
    fn seat(&mut self, child: usize, seen: &mut Seen) -> bool {
        let wishes = self.wishes;
        seen.children.insert(child);
        for seat in &wishes[child] {
            if seen.seats.insert(*seat) && self.make_way(*seat, seen) {
                self.given[child] = Some(*seat);
                return true;
            }
        }
        false
    }

    /// Frees a seat, if it is not free, by moving somebody who has one of the same vacancy or, where only the batch
    /// is full, of the same batch.
    fn make_way(&mut self, (batch, vacancy): Seat, seen: &mut Seen) -> bool {
        let of_batch = self.holders(|(of, _)| of == batch);
        let of_seat = self.holders(|seat| seat == (batch, vacancy));
        let has_room = |room: Option<&u32>, taken: usize| room.is_some_and(|room| taken < *room as usize);
        let mut movers = of_seat.clone();
        if has_room(self.room.seats.get(&(batch, vacancy)), of_seat.len()) {
            if has_room(self.room.batches.get(&batch), of_batch.len()) {
                return true;
            }
            if seen.batches.insert(batch) {
                movers = of_batch;
            }
        }
        movers.into_iter().any(|other| !seen.children.contains(&other) && self.seat(other, seen))
    }

    fn holders(&self, wanted: impl Fn(Seat) -> bool) -> Vec<usize> {
        let given = self.given.iter().enumerate();
        given.filter(|(_, seat)| seat.is_some_and(&wanted)).map(|(child, _)| child).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seat() -> impl Strategy<Value = Seat> {
        (0u32..3, 0u32..3).prop_map(|(batch, vacancy)| (BatchId(batch), VacancyId(vacancy)))
    }

    fn fits(room: &Room, given: &[Seat]) -> bool {
        let count = |wanted: &dyn Fn(&Seat) -> bool| given.iter().filter(|seat| wanted(seat)).count();
        given.iter().all(|seat| {
            let (of_seat, of_batch) = (room.seats.get(seat), room.batches.get(&seat.0));
            count(&|one| one == seat) <= of_seat.map_or(0, |room| *room as usize)
                && count(&|one| one.0 == seat.0) <= of_batch.map_or(0, |room| *room as usize)
        })
    }

    /// By trying everything.
    fn tried(room: &Room, wishes: &[Vec<Seat>], given: &mut Vec<Seat>) -> bool {
        let Some(next) = wishes.get(given.len()) else { return true };
        for seat in next {
            given.push(*seat);
            if fits(room, given) && tried(room, wishes, given) {
                return true;
            }
            given.pop();
        }
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn the_same_as_trying_everything(
            seats in prop::collection::btree_map(seat(), 0u32..3, 0..9),
            batches in prop::collection::btree_map((0u32..3).prop_map(BatchId), 0u32..4, 0..4),
            wishes in prop::collection::vec(prop::collection::vec(seat(), 0..5), 0..6),
        ) {
            let room = Room { seats, batches };
            let mut expected = Vec::new();
            let is_possible = tried(&room, &wishes, &mut expected);
            prop_assert_eq!(can_seat(&room, &wishes), is_possible);
            prop_assert_eq!(first_seats(&room, &wishes), is_possible.then_some(expected));
        }
    }

    /// Trying everything would not come to an end in years.
    #[test]
    fn ten_children_and_nine_places_of_thirty_vacancies() {
        let wanted: Vec<Seat> = (0..30).map(|number| (BatchId(number), VacancyId(number))).collect();
        let mut room = Room::default();
        for (number, seat) in wanted.iter().enumerate() {
            room.seats.insert(*seat, 2);
            room.batches.insert(seat.0, u32::from(number < 9));
        }
        assert_eq!(first_seats(&room, &vec![wanted.clone(); 10]), None);
        assert_eq!(first_seats(&room, &vec![wanted.clone(); 9]), Some(wanted[..9].to_vec()));
    }
}
