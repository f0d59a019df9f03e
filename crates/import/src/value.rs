//! What a cell says: dates, numbers, words on a list.

use kezek_calendar::{Date, DateTime, Iin, Instant, Time, Zone};
use kezek_records::{Language as Messages, Phone};
use kezek_rules::{
    benefit::Benefit,
    place::{Cohort, Language, OrganisationKind, Ownership},
};

use crate::columns::plain;
use crate::problem::Reason;

/// A time of registration as the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// As the settlement's clock showed it.
    Local(DateTime),
    /// With an offset from UTC.
    Exact(Instant),
}

impl Registered {
    /// The moment, by the settlement's clock.
    pub fn moment(self, zone: &Zone) -> Instant {
        match self {
            Registered::Local(local) => zone.instant(local),
            Registered::Exact(moment) => moment,
        }
    }
}

const YES: &[&str] = &["иә", "да", "yes", "1", "+", "true"];
const NO: &[&str] = &["жоқ", "нет", "no", "0", "-", "false"];

pub fn text(cell: &str) -> Result<String, Reason> {
    Ok(cell.split_whitespace().collect::<Vec<_>>().join(" "))
}

pub fn iin(cell: &str) -> Result<Iin, Reason> {
    Ok(Iin::parse(cell)?)
}

pub fn phone(cell: &str) -> Result<Phone, Reason> {
    Phone::parse(cell).map_err(|_| Reason::Phone)
}

/// Only what is surely wrong is refused: a message tells the rest.
pub fn email(cell: &str) -> Result<String, Reason> {
    let is_plain = !cell.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    match cell.split_once('@') {
        Some((name, host)) if is_plain && !name.is_empty() && host.contains('.') && !host.contains('@') => {
            Ok(cell.to_owned())
        }
        _ => Err(Reason::Email),
    }
}

/// `31.12.2018` or `2018-12-31`.
pub fn date(cell: &str) -> Result<Date, Reason> {
    let read = || match cell.split_once('.') {
        None => cell.parse().ok(),
        Some((day, rest)) => {
            let (month, year) = rest.split_once('.')?;
            if year.len() != 4 {
                return None;
            }
            Date::new(number(year)?, number(month)?, number(day)?).ok()
        }
    };
    read().ok_or(Reason::Date)
}

/// `31.12.2018 09:30`, with or without seconds and their parts, or ISO 8601 with or without an offset.
pub fn registered(cell: &str) -> Result<Registered, Reason> {
    let read = || {
        if let Some((day, time)) = cell.split_once(char::is_whitespace)
            && day.contains('.')
        {
            return Some(Registered::Local(date(day).ok()?.to_datetime(time_of_day(time.trim())?)));
        }
        if let Ok(moment) = Instant::parse(cell) {
            return Some(Registered::Exact(moment));
        }
        let is_with_time = cell.contains(':');
        cell.parse().ok().filter(|_| is_with_time).map(Registered::Local)
    };
    read().ok_or(Reason::DateTime)
}

/// `9:30`, `09:30:15` or `09:30:15.250`.
fn time_of_day(text: &str) -> Option<Time> {
    let (clock, parts) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut numbers = clock.split(':');
    let (hour, minute) = (number(numbers.next()?)?, number(numbers.next()?)?);
    let second = numbers.next().map_or(Some(0), number)?;
    let is_over = numbers.next().is_some() || parts.len() > 9;
    if is_over {
        return None;
    }
    let nanosecond = number(&format!("{parts:0<9}"))?;
    Time::new(hour, minute, second, nanosecond).ok()
}

/// Digits and nothing else.
fn number<N: core::str::FromStr>(text: &str) -> Option<N> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does.
    Yes,
    /// It does not.
    No,
}

pub fn answer(cell: &str) -> Result<Answer, Reason> {
    let word = cell.trim().to_lowercase();
    match word.as_str() {
        word if YES.contains(&word) => Ok(Answer::Yes),
        word if NO.contains(&word) => Ok(Answer::No),
        _ => Err(Reason::Word("иә, жоқ; да, нет; yes, no")),
    }
}

/// One of several words; the list is shown when it is none of them.
fn one_of<T: Copy>(cell: &str, words: &[(&[&str], T)], list: &'static str) -> Result<T, Reason> {
    let word = plain(cell);
    let found = words.iter().find(|(names, _)| names.iter().any(|name| plain(name) == word));
    found.map(|(_, value)| *value).ok_or(Reason::Word(list))
}

pub fn kind(cell: &str) -> Result<OrganisationKind, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["жалпы", "общая", "general"], OrganisationKind::General),
        (&["арнайы", "түзету", "специальная", "коррекционная", "special"], OrganisationKind::Special),
        (&["санаторийлік", "санаторная", "sanatorium"], OrganisationKind::Sanatorium),
    ];
    one_of(
        cell,
        words,
        "жалпы, арнайы, санаторийлік; общая, специальная, санаторная; general, special, sanatorium",
    )
}

pub fn ownership(cell: &str) -> Result<Ownership, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["мемлекеттік", "государственная", "state"], Ownership::State),
        (&["жекеменшік", "частная", "private"], Ownership::Private),
    ];
    one_of(cell, words, "мемлекеттік, жекеменшік; государственная, частная; state, private")
}

pub fn teaching(cell: &str) -> Result<Language, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["қазақ", "қазақша", "казахский", "kazakh", "kk"], Language::Kk),
        (&["орыс", "орысша", "русский", "russian", "ru"], Language::Ru),
        (&["ағылшын", "английский", "english", "en"], Language::En),
        (&["аралас", "смешанный", "mixed"], Language::Mixed),
    ];
    one_of(
        cell,
        words,
        "қазақ, орыс, ағылшын, аралас; казахский, русский, английский, смешанный; kk, ru, en, mixed",
    )
}

pub fn messages(cell: &str) -> Result<Messages, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["қазақ", "қазақша", "казахский", "kazakh", "kk"], Messages::Kk),
        (&["орыс", "орысша", "русский", "russian", "ru"], Messages::Ru),
        (&["ағылшын", "английский", "english", "en"], Messages::En),
    ];
    one_of(cell, words, "қазақ, орыс, ағылшын; казахский, русский, английский; kk, ru, en")
}

/// Where a child of the file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In the queue.
    Queued,
    /// In a kindergarten with a state order.
    Enrolled,
}

pub fn status(cell: &str) -> Result<Status, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["кезекте", "в очереди", "queued"], Status::Queued),
        (&["қабылданған", "зачислен", "enrolled"], Status::Enrolled),
    ];
    one_of(cell, words, "кезекте, қабылданған; в очереди, зачислен; queued, enrolled")
}

/// The grounds of Annex 1 by their number or name, several with a plus or a bar between.
pub fn benefits(cell: &str) -> Result<Vec<Benefit>, Reason> {
    parts(cell).map(benefit).collect()
}

/// The parts of a cell with several values.
pub fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['+', '|', ';', ',', '/']).map(str::trim).filter(|part| !part.is_empty())
}

/// The parts of a cell with several answers, where plus and minus are answers.
pub fn parts_of_answers(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['|', ';', ',', '/']).map(str::trim).filter(|part| !part.is_empty())
}

fn benefit(word: &str) -> Result<Benefit, Reason> {
    let words: &[(&[&str], _)] = &[
        (&["әскери қызметші", "военнослужащий", "serviceman"], Benefit::Serviceman),
        (&["арнаулы орган", "специальный орган", "special_body"], Benefit::SpecialBody),
        (&["ата-ана мүгедек", "родитель-инвалид", "parent_disabled"], Benefit::ParentDisabled),
        (&["ерекше қажеттілік", "особые потребности", "special_needs"], Benefit::SpecialNeeds),
        (&["қамқорлықсыз", "без попечения", "no_parental_care"], Benefit::NoParentalCare),
        (&["жетім", "сирота", "orphan"], Benefit::Orphan),
        (&["көпбалалы", "многодетная", "large_family"], Benefit::LargeFamily),
        (&["педагог", "teacher"], Benefit::Teacher),
        (
            &["отбасында мүгедек бала", "ребёнок-инвалид в семье", "family_with_disabled_child"],
            Benefit::FamilyWithDisabledChild,
        ),
    ];
    one_of(
        word,
        words,
        "serviceman, special_body, parent_disabled, special_needs, no_parental_care, orphan, large_family, teacher, family_with_disabled_child",
    )
}

pub fn zone(cell: &str) -> Result<Zone, Reason> {
    Zone::named(cell).map_err(|_| Reason::Zone)
}

pub fn count(cell: &str) -> Result<u32, Reason> {
    number(cell).filter(|count| *count <= 10_000).ok_or(Reason::Number)
}

/// `3`, `3-4` or `2018`.
pub fn ages(cell: &str) -> Result<Cohort, Reason> {
    const OLDEST: u8 = 7;
    let read = || {
        if let Some(year) = number::<i16>(cell).filter(|year| (2000..=2100).contains(year)) {
            return Some(Cohort::Born(year));
        }
        let (from, to) = cell.split_once(['-', '–']).unwrap_or((cell, cell));
        let (from, to) = (number::<u8>(from.trim())?, number::<u8>(to.trim())?);
        (from <= to && to <= OLDEST).then_some(Cohort::Ages(from, to))
    };
    read().ok_or(Reason::Ages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        let local = |text: &str| match registered(text) {
            Ok(Registered::Local(local)) => Some(local.to_string()),
            _ => None,
        };
        assert_eq!(local("05.03.2019 9:07").as_deref(), Some("2019-03-05T09:07:00"));
        assert_eq!(local("5.3.2019  09:07:15,25").as_deref(), Some("2019-03-05T09:07:15.25"));
        assert_eq!(local("05.03.2019 09:07:15.123456").as_deref(), Some("2019-03-05T09:07:15.123456"));
        assert_eq!(local("2019-03-05T09:07:15").as_deref(), Some("2019-03-05T09:07:15"));
        assert_eq!(local("2019-03-05 09:07").as_deref(), Some("2019-03-05T09:07:00"));
        let exact = registered("2019-03-05T09:07:15+06:00");
        assert_eq!(exact, Ok(Registered::Exact(Instant::parse("2019-03-05T03:07:15Z").unwrap())));
        for wrong in [
            "",
            "05.03.2019",
            "2019-03-05",
            "05.03.19 09:07",
            "31.02.2019 09:07",
            "05.03.2019 24:00",
            "x 1:1",
            "05.03.2019 9:7:5:3",
        ] {
            assert_eq!(registered(wrong), Err(Reason::DateTime), "{wrong}");
        }
    }

    #[test]
    fn dates_and_ages() {
        assert_eq!(date("31.12.2018"), date("2018-12-31"));
        for wrong in ["31.12.18", "31/12/2018", "12.31.2018", "43465", "+1.1.2018"] {
            assert_eq!(date(wrong), Err(Reason::Date), "{wrong}");
        }
        assert_eq!(ages("3"), Ok(Cohort::Ages(3, 3)));
        assert_eq!(ages("3 - 4"), Ok(Cohort::Ages(3, 4)));
        assert_eq!(ages("2018"), Ok(Cohort::Born(2018)));
        for wrong in ["", "4-3", "99", "1918", "three"] {
            assert_eq!(ages(wrong), Err(Reason::Ages), "{wrong}");
        }
    }

    #[test]
    fn words_in_three_languages() {
        assert_eq!(kind("Арнайы"), Ok(OrganisationKind::Special));
        assert_eq!(answer(" ДА "), Ok(Answer::Yes));
        assert_eq!(answer("-"), Ok(Answer::No));
        assert_eq!(benefits("Көпбалалы + педагог"), Ok(vec![Benefit::LargeFamily, Benefit::Teacher]));
        assert!(matches!(benefits("rich"), Err(Reason::Word(_))));
        for benefit in Benefit::ALL {
            assert_eq!(benefits(benefit.code()), Ok(vec![benefit]));
        }
        assert_eq!(email("a@example.kz"), Ok("a@example.kz".into()));
        assert_eq!(email("a@b"), Err(Reason::Email));
    }
}
