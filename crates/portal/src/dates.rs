//! Dates and deadlines in words. A deadline is always weekday, date and hour, never only "3 days".

use jiff::civil::{Date, DateTime};

use crate::texts::Texts;

/// A date in words with its weekday: `2021 жылғы 12 маусым, сенбі`; `суббота, 12 июня 2021 года`
pub fn date_long(texts: Texts, date: Date) -> String {
    texts.t_with(
        "date-long",
        &[
            ("weekday", i64::from(date.weekday().to_monday_one_offset()).into()),
            ("day", date.day().to_string().into()),
            ("month", i64::from(date.month()).into()),
            ("year", date.year().to_string().into()),
        ],
    )
}

/// A date in figures, the same in all three languages: `12.06.2021`.
pub fn date_short(date: Date) -> String {
    format!("{:02}.{:02}.{}", date.day(), date.month(), date.year())
}

/// A moment in words, for deadlines: weekday, date and hour in the settlement's time.
pub fn deadline(texts: Texts, moment: DateTime) -> String {
    texts.t_with(
        "date-deadline",
        &[("date", date_long(texts, moment.date()).into()), ("time", time_short(moment).into())],
    )
}

/// Date and time in figures: `12.06.2021, 18:00`.
pub fn moment_short(moment: DateTime) -> String {
    format!("{}, {}", date_short(moment.date()), time_short(moment))
}

/// Hours and minutes: `07:00`.
pub fn time_short(moment: DateTime) -> String {
    format!("{:02}:{:02}", moment.hour(), moment.minute())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::language::Language;

    #[test]
    fn dates_read_well_in_every_language() {
        let day = date(2021, 6, 12);
        let long = |language| date_long(Texts::of(language), day);
        assert_eq!(long(Language::Kk), "2021 жылғы 12 маусым, сенбі");
        assert_eq!(long(Language::Ru), "суббота, 12 июня 2021 года");
        assert_eq!(long(Language::En), "Saturday, 12 June 2021");
        assert_eq!(date_short(day), "12.06.2021");
    }

    #[test]
    fn a_deadline_names_weekday_date_and_hour() {
        let moment = date(2024, 3, 1).at(7, 0, 0, 0);
        let at = |language| deadline(Texts::of(language), moment);
        assert_eq!(at(Language::Kk), "2024 жылғы 1 наурыз, жұма, сағат 07:00");
        assert_eq!(at(Language::Ru), "пятница, 1 марта 2024 года, 07:00");
        assert_eq!(at(Language::En), "Friday, 1 March 2024, 07:00");
        assert_eq!(moment_short(moment), "01.03.2024, 07:00");
    }

    #[test]
    fn every_month_and_weekday_has_its_name() {
        for language in Language::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for month in 1..=12 {
                let text = date_long(Texts::of(language), date(2023, month, 1));
                seen.insert(text.replace(|c: char| c.is_ascii_digit(), ""));
            }
            assert_eq!(seen.len(), 12, "{language:?} {seen:?}");
        }
    }
}
