use super::{super::Cause, *};
use crate::ids::ApplicationId;
use kezek_calendar::Instant;
use proptest::prelude::*;

/// Two ties an instant, so that the draw decides too.
fn key(number: u32) -> Seniority {
    Seniority {
        registered: Instant::from_micros(i64::from(number / 3)),
        draw: number % 3,
        application: ApplicationId(number),
    }
}

/// Time only goes forward, with several moves an instant.
fn now(step: u32) -> Moved {
    let causes = [Cause::Returned, Cause::Left, Cause::Archived];
    Moved::now(Instant::from_micros(i64::from(step / 4)), causes[step as usize % 3])
}

/// Numbers are taken from 0 to twice the entries that a list begins with.
#[derive(Clone, Debug)]
enum Act {
    Insert(usize, u32),
    Remove(usize),
    Mark(usize, u32),
    Note(usize, usize),
    InsertMany(usize, usize),
    RemoveMany(usize, usize),
    MarkMany(usize, usize),
    Reload,
}

fn acts(most: usize) -> impl Strategy<Value = (usize, Vec<Act>)> {
    (0..=most).prop_flat_map(move |size| {
        let number = 0..2 * size + 8;
        let many = 0..size / 2 + 8;
        let mark = prop_oneof![1 => Just(UNMARKED), 2 => 0u32..50];
        let act = prop_oneof![
            4 => (number.clone(), mark.clone()).prop_map(|(number, mark)| Act::Insert(number, mark)),
            4 => number.clone().prop_map(Act::Remove),
            4 => (number.clone(), mark).prop_map(|(number, mark)| Act::Mark(number, mark)),
            6 => (number.clone(), number.clone()).prop_map(|(from, to)| Act::Note(from, to)),
            2 => (number.clone(), many.clone()).prop_map(|(from, many)| Act::InsertMany(from, many)),
            2 => (number.clone(), many.clone()).prop_map(|(from, many)| Act::RemoveMany(from, many)),
            1 => (number, many).prop_map(|(from, many)| Act::MarkMany(from, many)),
            1 => Just(Act::Reload),
        ];
        (Just(size), prop::collection::vec(act, 1..40))
    })
}

/// The list and what it should be: a plain vector.
struct Pair {
    list: List,
    model: Vec<Entry>,
    step: u32,
}

impl Pair {
    fn new(size: usize) -> Self {
        let entry = |number| Entry {
            key: key(number),
            mark: if number % 7 == 0 { number } else { UNMARKED },
            moved: now(0),
        };
        let model: Vec<Entry> = (0..size as u32).map(|number| entry(number * 2)).collect();
        Pair { list: List::from_sorted(model.clone().into_iter()), model, step: 0 }
    }

    fn insert(&mut self, number: usize, mark: u32) {
        let entry = Entry { key: key(number as u32), mark, moved: now(self.step) };
        if let Err(index) = self.model.binary_search_by_key(&entry.key, |entry| entry.key) {
            self.model.insert(index, entry);
            let place = self.list.insert(entry);
            assert_eq!(self.list.standing(place).rank, index as u32);
        }
    }

    fn remove(&mut self, number: usize) {
        let key = key(number as u32);
        let found = self.model.binary_search_by_key(&key, |entry| entry.key);
        assert_eq!(self.list.remove(key), found.is_ok());
        if let Ok(index) = found {
            self.model.remove(index);
        }
    }

    fn mark(&mut self, number: usize, mark: u32) {
        let key = key(number as u32);
        self.list.set_mark(key, mark);
        if let Some(entry) = self.model.iter_mut().find(|entry| entry.key == key) {
            entry.mark = mark;
        }
    }

    fn act(&mut self, act: Act) {
        self.step += 1;
        match act {
            Act::Insert(number, mark) => self.insert(number, mark),
            Act::Remove(number) => self.remove(number),
            Act::Mark(number, mark) => self.mark(number, mark),
            Act::Note(from, to) => {
                let moved = now(self.step);
                self.list.note_range(from as u32, to as u32, moved);
                for entry in self.model.iter_mut().take(to).skip(from) {
                    entry.moved = moved.after(entry.moved);
                }
            }
            Act::InsertMany(from, many) => {
                (from..from + many).for_each(|number| self.insert(number, UNMARKED))
            }
            Act::RemoveMany(from, many) => (from..from + many).for_each(|number| self.remove(number)),
            Act::MarkMany(from, many) => {
                (from..from + many).for_each(|number| self.mark(number, number as u32))
            }
            Act::Reload => self.list = List::from_sorted(self.list.entries().into_iter()),
        }
    }

    /// Every question, for an index, the key there and a key that may be absent.
    fn ask(&self, index: usize) {
        let Pair { list, model, .. } = self;
        let is_unmarked = |entry: &&Entry| entry.mark == UNMARKED;
        let index_or_len = |found: Option<usize>| found.unwrap_or(model.len()) as u32;
        let first = &model[..index.min(model.len())];
        let n = index as u32;
        assert_eq!(list.at(n), model.get(index).copied());
        assert_eq!(list.highest_mark(n), first.iter().map(|entry| entry.mark).max().unwrap_or(0));
        assert_eq!(list.unmarked_in_first(n), first.iter().filter(is_unmarked).count() as u32);
        let next = model.iter().skip(index).position(|entry| entry.mark != UNMARKED);
        assert_eq!(list.next_marked(n), index_or_len(next.map(|next| next + index)));
        let nth = model.iter().enumerate().filter(|(_, entry)| is_unmarked(entry)).nth(index);
        assert_eq!(list.index_of_unmarked(n), index_or_len(nth.map(|(at, _)| at)));
        for mark in [n, UNMARKED] {
            assert_eq!(
                list.first_above(mark),
                index_or_len(model.iter().position(|entry| entry.mark > mark))
            );
        }
        let absent = model.binary_search_by_key(&key(n), |entry| entry.key);
        assert_eq!(list.rank(key(n)), absent.unwrap_or_else(|at| at) as u32);
        assert_eq!(list.get(key(n)), absent.ok().map(|at| model[at]));
        if let Some(entry) = model.get(index) {
            let place = list.find(entry.key).unwrap();
            let unmarked_before = first.iter().filter(is_unmarked).count() as u32;
            assert_eq!(list.standing(place), Standing { rank: n, unmarked_before, mark: entry.mark });
        }
        let mut walk = list.walk_from(n);
        for entry in model.iter().skip(index).take(150) {
            assert_eq!(walk.head(list), Some((entry.key, entry.mark)));
            walk.advance(list);
        }
        assert!(index + 150 < model.len() || walk.head(list).is_none());
    }

    /// The figures are those of the blocks, and no block is empty or beyond the most.
    fn check(&self) {
        let Pair { list, model, .. } = self;
        let differing = list.entries().into_iter().zip(model).find(|(entry, expected)| entry != *expected);
        assert_eq!(differing, None);
        assert_eq!(list.len() as usize, model.len());
        assert_eq!(list.unmarked() as usize, model.iter().filter(|entry| entry.mark == UNMARKED).count());
        let mut figures = Figures::default();
        for block in &list.blocks {
            assert!((1..=FULL.1 as usize).contains(&block.len()));
            figures.insert(figures.counts.len(), block);
        }
        assert_eq!(figures.firsts, list.figures.firsts);
        assert_eq!(figures.counts, list.figures.counts);
        assert_eq!(figures.unmarked, list.figures.unmarked);
        assert_eq!(figures.highest, list.figures.highest);
        assert_eq!(figures.owed.len(), list.figures.owed.len());
    }
}

fn agree(size: usize, acts: Vec<Act>, asked: &[prop::sample::Index]) {
    let mut pair = Pair::new(size);
    for act in acts {
        pair.act(act);
        pair.check();
        for index in asked {
            pair.ask(index.index(pair.model.len() + 3));
        }
    }
}

fn asked() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_short_list_is_a_plain_vector((size, acts) in acts(400), asked in asked()) {
        agree(size, acts, &asked);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_long_list_is_a_plain_vector((size, acts) in acts(3_000), asked in asked()) {
        agree(size + 5_000, acts, &asked);
    }
}

/// Blocks of a very long list stay within the most; thinned out, it is a few blocks again.
#[test]
fn blocks_split_and_merge() {
    let mut pair = Pair::new(0);
    let size = 400_000;
    pair.list = List::from_sorted((0..size).map(|number| Entry {
        key: key(2 * number),
        mark: UNMARKED,
        moved: now(0),
    }));
    assert_eq!(pair.list.blocks[0].len(), 384);
    for number in 0..2_000 {
        pair.list.insert(Entry { key: key(2 * number + 1), mark: UNMARKED, moved: now(0) });
    }
    assert!(pair.list.blocks.iter().all(|block| block.len() <= 512));
    pair.model = pair.list.entries();
    pair.check();
    let (left, gone) = pair.model.iter().enumerate().partition(|(index, _)| index % 10_000 == 0);
    let (left, gone): (Vec<_>, Vec<_>) = (left, gone);
    gone.into_iter().for_each(|(_, entry)| pair.list.remove_at(pair.list.find(entry.key).unwrap()));
    pair.model = left.into_iter().map(|(_, entry)| *entry).collect();
    pair.check();
    assert!(pair.list.blocks.len() <= 4, "{} entries in {} blocks", pair.model.len(), pair.list.blocks.len());
    for entry in core::mem::take(&mut pair.model) {
        pair.list.remove(entry.key);
    }
    pair.check();
    pair.ask(0);
}
