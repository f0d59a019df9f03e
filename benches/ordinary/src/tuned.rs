//! The tuned design: one call of a stored function a claim, which is its own transaction.

use sqlx::{PgConnection, PgPool, Row};

use crate::{Answer, Application, Claim, Given, Vacancy, Wish, load_applications, load_wishes};

pub async fn load(
    pool: &PgPool,
    applications: &[Application],
    vacancies: &[Vacancy],
    wishes: &[Wish],
) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("../tuned.sql")).execute(pool).await?;
    load_applications(pool, applications).await?;
    for vacancy in vacancies {
        sqlx::query("INSERT INTO vacancy (id, kindergarten, birth_year, places) VALUES ($1, $2, $3, $4)")
            .bind(vacancy.id)
            .bind(vacancy.kindergarten)
            .bind(vacancy.birth_year)
            .bind(vacancy.places)
            .execute(pool)
            .await?;
    }
    sqlx::query(
        "INSERT INTO free_place (vacancy, place)
         SELECT id, row_number() OVER (ORDER BY id, nth) FROM vacancy, generate_series(1, places) AS nth",
    )
    .execute(pool)
    .await?;
    load_wishes(pool, wishes).await
}

pub async fn claim(pool: &PgPool, claim: &Claim) -> sqlx::Result<Answer> {
    call(&mut *pool.acquire().await?, claim).await
}

pub async fn call(connection: &mut PgConnection, claim: &Claim) -> sqlx::Result<Answer> {
    let row = sqlx::query("SELECT claim($1, $2, $3)")
        .bind(claim.application)
        .bind(claim.vacancy)
        .bind(&claim.key)
        .fetch_one(connection)
        .await?;
    answer(row.try_get(0)?)
}

fn answer(outcome: &str) -> sqlx::Result<Answer> {
    Ok(match outcome {
        "given" => Answer::Given,
        "place_taken" => Answer::PlaceTaken,
        "no_access" => Answer::NoAccess,
        "live_referral" => Answer::LiveReferral,
        "wrong_age" => Answer::WrongAge,
        "not_found" => Answer::NotFound,
        other => return Err(sqlx::Error::Decode(format!("an unknown outcome {other}").into())),
    })
}

pub async fn given(pool: &PgPool) -> sqlx::Result<Vec<Given>> {
    let rows = sqlx::query("SELECT application, vacancy, place, by_wish FROM referral ORDER BY id")
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Given {
                application: row.try_get("application")?,
                vacancy: row.try_get("vacancy")?,
                place: Some(row.try_get("place")?),
                by_wish: row.try_get("by_wish")?,
            })
        })
        .collect()
}
