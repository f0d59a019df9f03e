//! What a competent team would otherwise build: PostgreSQL, one transaction a claim, no state in the program.
//!
//! Two designs, both lawful for the rush that is measured (windows of the opening, then everyone; `open_step` 0):
//! [`Design::Straight`] in `straight.sql` and `straight.rs`, [`Design::Tuned`] in `tuned.sql` and `tuned.rs`. See
//! README.md for what was tried to make the tuned one fast.

mod straight;
mod tuned;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Connections of the pool; 16 do as well, 8 and 64 worse.
pub const CONNECTIONS: u32 = 32;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Written straight down.
    Straight,
    /// Made fast by somebody who knows PostgreSQL.
    Tuned,
}

/// An application as it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: i32,
    /// The child's year of birth.
    pub birth_year: i16,
    /// 0 extraordinary, 1 priority, 2 general.
    pub class: i16,
    /// Microseconds since 1970 UTC.
    pub registered_us: i64,
    /// Breaks ties.
    pub draw: i64,
}

/// A vacancy as it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    /// Its number.
    pub id: i32,
    /// Of which kindergarten.
    pub kindergarten: i32,
    /// For children born in this year.
    pub birth_year: i16,
    /// How many.
    pub places: i32,
}

/// A wish: which application would like which kindergarten, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Whose.
    pub application: i32,
    /// From 0.
    pub rank: i32,
    /// Where.
    pub kindergarten: i32,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// For whom.
    pub application: i32,
    /// Of which vacancy.
    pub vacancy: i32,
    /// Makes a repetition harmless.
    pub key: String,
}

/// The answer to a claim; durable when it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The place is the child's.
    Given,
    /// The last place was taken.
    PlaceTaken,
    /// Neither a window nor the open phase.
    NoAccess,
    /// It has a place already.
    LiveReferral,
    /// The place is for children of another year.
    WrongAge,
    /// No such application or vacancy.
    NotFound,
}

/// A place that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// To whom.
    pub application: i32,
    /// Of which vacancy.
    pub vacancy: i32,
    /// Which of its places, where places are told apart.
    pub place: Option<i32>,
    /// By a wish list.
    pub by_wish: bool,
}

/// One of the designs on its database.
#[derive(Debug, Clone)]
pub struct Ordinary {
    pool: PgPool,
    design: Design,
}

impl Ordinary {
    /// Opens all connections.
    pub async fn connect(options: PgConnectOptions, design: Design) -> sqlx::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .min_connections(CONNECTIONS)
            .test_before_acquire(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(options)
            .await?;
        Ok(Self { pool, design })
    }

    /// Makes the tables in an empty database and fills them.
    pub async fn load(
        &self,
        applications: &[Application],
        vacancies: &[Vacancy],
        wishes: &[Wish],
    ) -> sqlx::Result<()> {
        match self.design {
            Design::Straight => straight::load(&self.pool, applications, vacancies, wishes).await,
            Design::Tuned => tuned::load(&self.pool, applications, vacancies, wishes).await,
        }
    }

    /// Gives the windows and carries out the wish lists (254/24.4).
    pub async fn hold_opening(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT hold_opening()").execute(&self.pool).await?;
        self.tidy().await
    }

    /// The open phase, for everyone.
    pub async fn open_to_everyone(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT open_to_everyone()").execute(&self.pool).await?;
        self.tidy().await
    }

    /// Takes a place.
    pub async fn claim(&self, claim: &Claim) -> sqlx::Result<Answer> {
        match self.design {
            Design::Straight => straight::claim(&self.pool, claim).await,
            Design::Tuned => tuned::claim(&self.pool, claim).await,
        }
    }

    /// Lets every connection prepare its statements: the first claim is no slower than the others.
    pub async fn warm_up(&self) -> sqlx::Result<()> {
        let nobody = Claim { application: -1, vacancy: -1, key: String::new() };
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = self.pool.acquire().await?;
            match self.design {
                Design::Straight => straight::warm_up(&mut connection).await?,
                Design::Tuned => tuned::call(&mut connection, &nobody).await.map(drop)?,
            }
            held.push(connection);
        }
        Ok(())
    }

    /// Everything that was given.
    pub async fn given(&self) -> sqlx::Result<Vec<Given>> {
        match self.design {
            Design::Straight => straight::given(&self.pool).await,
            Design::Tuned => tuned::given(&self.pool).await,
        }
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// What autovacuum would have done by the morning.
    async fn tidy(&self) -> sqlx::Result<()> {
        sqlx::query("VACUUM (FREEZE, ANALYZE)").execute(&self.pool).await?;
        Ok(())
    }
}

/// Rows sent with one statement.
const LOT: usize = 10_000;

async fn load_applications(pool: &PgPool, applications: &[Application]) -> sqlx::Result<()> {
    for lot in applications.chunks(LOT) {
        sqlx::query(
            "INSERT INTO application (id, birth_year, class, registered, draw)
             SELECT id, birth_year, class, timestamptz 'epoch' + us * interval '1 microsecond', draw
             FROM UNNEST($1::int[], $2::smallint[], $3::smallint[], $4::bigint[], $5::bigint[])
                  AS new (id, birth_year, class, us, draw)",
        )
        .bind(lot.iter().map(|one| one.id).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.birth_year).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.class).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.registered_us).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.draw).collect::<Vec<_>>())
        .execute(pool)
        .await?;
    }
    Ok(())
}

async fn load_wishes(pool: &PgPool, wishes: &[Wish]) -> sqlx::Result<()> {
    for lot in wishes.chunks(LOT) {
        sqlx::query(
            "INSERT INTO wish (application, rank, kindergarten)
             SELECT * FROM UNNEST($1::int[], $2::int[], $3::int[])",
        )
        .bind(lot.iter().map(|one| one.application).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.rank).collect::<Vec<_>>())
        .bind(lot.iter().map(|one| one.kindergarten).collect::<Vec<_>>())
        .execute(pool)
        .await?;
    }
    Ok(())
}
