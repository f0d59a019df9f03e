//! The holidays and the days moved by acts, year by year. To add a year, add a line to [`YEARS`].

use super::{Holiday, Status};

/// A holiday on the same date every year while the law keeps it.
pub(super) struct Fixed {
    pub holiday: Holiday,
    pub month: i8,
    pub day: i8,
    /// First and last year in which it is a day off.
    pub since: i16,
    pub until: i16,
    pub on_weekend: OnWeekend,
}

/// What happens when a holiday falls on a Saturday or Sunday.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnWeekend {
    /// National and state holidays: the next working day is off (Law No. 267, art. 5).
    NextWorkingDayOff,
    /// 7 January and Kurban ait: nothing.
    NotMoved,
}

/// One day off moved by an act: `off` becomes a day off, `working` a working day. Month and day.
pub(super) struct Move {
    pub off: (i8, i8),
    pub working: (i8, i8),
    pub act: &'static str,
}

/// What is known of one year beyond the standing law.
pub(super) struct Year {
    pub year: i16,
    /// Month and day of the first day of Kurban ait.
    pub kurban_ait: (i8, i8),
    pub kurban_ait_status: Status,
    pub moves: &'static [Move],
    /// Estimated while an act may still move days.
    pub moves_status: Status,
}

pub(super) const LAW: &str = "Law No. 267 of 13.12.2001 on holidays";
pub(super) const LAW_SUBSTITUTION: &str = "Law No. 267 of 13.12.2001 on holidays, art. 5";
pub(super) const LABOUR_CODE: &str = "Labour Code, five-day working week";

const ALWAYS: i16 = i16::MIN;
const STILL: i16 = i16::MAX;

#[rustfmt::skip]
pub(super) const FIXED: &[Fixed] = {
    use Holiday::*;
    use OnWeekend::*;
    &[
        Fixed { holiday: NewYear, month: 1, day: 1, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: NewYear, month: 1, day: 2, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: OrthodoxChristmas, month: 1, day: 7, since: 2006, until: STILL, on_weekend: NotMoved },
        Fixed { holiday: WomensDay, month: 3, day: 8, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: ConstitutionDay, month: 3, day: 15, since: 2027, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: Nauryz, month: 3, day: 21, since: 2010, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: Nauryz, month: 3, day: 22, since: 2010, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: Nauryz, month: 3, day: 23, since: 2010, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: PeoplesUnityDay, month: 5, day: 1, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: DefenderDay, month: 5, day: 7, since: 2013, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: VictoryDay, month: 5, day: 9, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: CapitalDay, month: 7, day: 6, since: 2009, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: ConstitutionDay, month: 8, day: 30, since: ALWAYS, until: 2025, on_weekend: NextWorkingDayOff },
        Fixed { holiday: RepublicDay, month: 10, day: 25, since: 1994, until: 2008, on_weekend: NextWorkingDayOff },
        Fixed { holiday: RepublicDay, month: 10, day: 25, since: 2022, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: FirstPresidentDay, month: 12, day: 1, since: 2012, until: 2021, on_weekend: NextWorkingDayOff },
        Fixed { holiday: IndependenceDay, month: 12, day: 16, since: ALWAYS, until: STILL, on_weekend: NextWorkingDayOff },
        Fixed { holiday: IndependenceDay, month: 12, day: 17, since: ALWAYS, until: 2021, on_weekend: NextWorkingDayOff },
    ]
};

const DECREE_2019: &str = "Government Decree No. 888 of 2018";
const DECREE_2020: &str = "Government Decree No. 820 of 2019";
const DECREE_2021: &str = "Government Decree No. 930 of 2020";
const DECREE_2022: &str = "Government Decree No. 713 of 06.10.2021";
const DECREE_2022_OCTOBER: &str = "Government Decree No. 796 of 2022";
const DECREE_2023: &str = "Government Decree No. 326 of 2023";
const ORDER_2024: &str = "Order of the Minister of Labour No. 109 of 2024";
const ORDER_2025: &str = "Order of the Minister of Labour No. 436 of 2024";

/// Sources: the acts named, on adilet.zan.kz; the ministry's working calendar of 2026 moves no day. Dates of
/// Kurban ait yet to be announced are by the computed Muslim calendar.
#[rustfmt::skip]
pub(super) const YEARS: &[Year] = {
    use Status::*;
    &[
        Year { year: 2019, kurban_ait: (8, 11), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (5, 10), working: (5, 4), act: DECREE_2019 },
        ] },
        Year { year: 2020, kurban_ait: (7, 31), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (1, 3), working: (1, 5), act: DECREE_2020 },
            // 11 May would be off for Saturday 9 May; the act makes it a working day.
            Move { off: (5, 8), working: (5, 11), act: DECREE_2020 },
            Move { off: (12, 18), working: (12, 20), act: DECREE_2020 },
        ] },
        Year { year: 2021, kurban_ait: (7, 20), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (7, 5), working: (7, 3), act: DECREE_2021 },
        ] },
        Year { year: 2022, kurban_ait: (7, 9), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (3, 7), working: (3, 5), act: DECREE_2022 },
            Move { off: (8, 29), working: (8, 27), act: DECREE_2022 },
            Move { off: (10, 24), working: (10, 22), act: DECREE_2022_OCTOBER },
        ] },
        Year { year: 2023, kurban_ait: (6, 28), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (7, 7), working: (7, 1), act: DECREE_2023 },
        ] },
        Year { year: 2024, kurban_ait: (6, 16), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (5, 8), working: (5, 4), act: ORDER_2024 },
        ] },
        Year { year: 2025, kurban_ait: (6, 6), kurban_ait_status: Confirmed, moves_status: Confirmed, moves: &[
            Move { off: (1, 3), working: (1, 5), act: ORDER_2025 },
        ] },
        Year { year: 2026, kurban_ait: (5, 27), kurban_ait_status: Estimated, moves_status: Confirmed, moves: &[] },
        Year { year: 2027, kurban_ait: (5, 16), kurban_ait_status: Estimated, moves_status: Estimated, moves: &[] },
        Year { year: 2028, kurban_ait: (5, 5), kurban_ait_status: Estimated, moves_status: Estimated, moves: &[] },
    ]
};
