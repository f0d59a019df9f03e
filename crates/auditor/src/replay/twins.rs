//! Birth dates that stand in for those of siblings, so that exactly those are twins who are said to be (R3.16).

use kezek_calendar::Date;
use kezek_disclosure::Born;
use kezek_rules::are_twins;

/// Days so far apart that nobody born on two of them is a twin, and those next to the ends of a half of a year.
const EARLY: [(i8, i8); 8] = [(1, 1), (2, 5), (3, 10), (4, 14), (5, 19), (6, 23), (7, 28), (9, 1)];
const LATE: [(i8, i8); 4] = [(9, 2), (10, 7), (11, 11), (12, 31)];

/// A date for each of `born`, in order; none when no dates make twins of these pairs and of no others.
pub(super) fn dates(born: &[Date], are: &impl Fn(usize, usize) -> bool) -> Option<Vec<Date>> {
    let mut chosen = Vec::new();
    choose(born, are, &mut chosen).then_some(chosen)
}

fn choose(born: &[Date], are: &impl Fn(usize, usize) -> bool, chosen: &mut Vec<Date>) -> bool {
    let Some(next) = born.get(chosen.len()) else { return true };
    let half = Born::of(*next);
    let days: &[(i8, i8)] = if half.late { &LATE } else { &EARLY };
    for (month, day) in days {
        let Some(date) = Date::new(half.year, *month, *day).ok() else { continue };
        let index = chosen.len();
        let fits =
            chosen.iter().enumerate().all(|(other, known)| are_twins(*known, date) == are(other, index));
        if fits {
            chosen.push(date);
            if choose(born, are, chosen) {
                return true;
            }
            chosen.pop();
        }
    }
    false
}
