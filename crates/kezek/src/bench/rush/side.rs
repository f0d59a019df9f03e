//! The sides of the comparison, and the city as the ordinary ones take it.

use anyhow::Result;

use super::check::Given;
use super::city::{City, Class};

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Side {
    /// The ordinary design, straight.
    #[value(name = "a1")]
    Straight,
    /// The ordinary design, tuned.
    #[value(name = "a2")]
    Tuned,
    /// Kezek on PostgreSQL.
    #[value(name = "b")]
    Postgres,
    /// Kezek on SQLite.
    #[value(name = "c")]
    Sqlite,
    /// The bare insert loop.
    #[value(name = "l")]
    Limit,
}

impl Side {
    pub const ALL: [Side; 5] =
        [Side::Straight, Side::Tuned, Side::Postgres, Side::Sqlite, Side::Limit];

    pub fn letter(self) -> &'static str {
        match self {
            Side::Straight => "A1",
            Side::Tuned => "A2",
            Side::Postgres => "B",
            Side::Sqlite => "C",
            Side::Limit => "L",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Side::Straight => "ordinary, straight",
            Side::Tuned => "ordinary, tuned",
            Side::Postgres => "Kezek on PostgreSQL",
            Side::Sqlite => "Kezek on SQLite",
            Side::Limit => "bare insert loop",
        }
    }

    pub fn needs_server(self) -> bool {
        self != Side::Sqlite
    }
}

type Rows =
    (Vec<kezek_ordinary::Application>, Vec<kezek_ordinary::Vacancy>, Vec<kezek_ordinary::Wish>);

/// The city as the ordinary designs load it.
pub fn as_ordinary(city: &City) -> Result<Rows> {
    let applications = (0..).zip(&city.applications).map(|(id, one)| kezek_ordinary::Application {
        id,
        birth_year: one.year,
        class: match one.class {
            Class::Extraordinary => 0,
            Class::Priority => 1,
            Class::General => 2,
        },
        registered_us: one.registered_us,
        draw: i64::from(one.draw),
    });
    let mut vacancies = Vec::with_capacity(city.vacancies.len());
    for (id, one) in (0..).zip(&city.vacancies) {
        vacancies.push(kezek_ordinary::Vacancy {
            id,
            kindergarten: i32::try_from(one.kindergarten)?,
            birth_year: one.year,
            places: i32::try_from(one.places)?,
        });
    }
    let mut wishes = Vec::new();
    for (application, choices) in &city.wishes {
        let application = i32::try_from(*application)?;
        for (rank, kindergarten) in (0..).zip(choices) {
            let kindergarten = i32::try_from(*kindergarten)?;
            wishes.push(kezek_ordinary::Wish { application, rank, kindergarten });
        }
    }
    Ok((applications.collect(), vacancies, wishes))
}

/// A place as the checker takes it.
pub fn given(one: kezek_ordinary::Given) -> Result<Given> {
    Ok(Given {
        application: u32::try_from(one.application)?,
        vacancy: u32::try_from(one.vacancy)?,
        place: one.place.map(u32::try_from).transpose()?,
    })
}
