//! The straight design: what the rule says, statement by statement, in one transaction.

use sqlx::{PgConnection, PgPool, Row};

use crate::{Answer, Application, Claim, Given, Vacancy, Wish, load_applications, load_wishes};

pub async fn load(
    pool: &PgPool,
    applications: &[Application],
    vacancies: &[Vacancy],
    wishes: &[Wish],
) -> sqlx::Result<()> {
    sqlx::raw_sql(include_str!("../straight.sql")).execute(pool).await?;
    for vacancy in vacancies {
        sqlx::query("INSERT INTO kindergarten VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(vacancy.kindergarten)
            .execute(pool)
            .await?;
        sqlx::query(
            "INSERT INTO batch (birth_year, places) VALUES ($1, $2)
             ON CONFLICT (birth_year) DO UPDATE SET places = batch.places + $2",
        )
        .bind(vacancy.birth_year)
        .bind(vacancy.places)
        .execute(pool)
        .await?;
        sqlx::query(
            "INSERT INTO vacancy (id, kindergarten, birth_year, places, free) VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(vacancy.id)
        .bind(vacancy.kindergarten)
        .bind(vacancy.birth_year)
        .bind(vacancy.places)
        .execute(pool)
        .await?;
    }
    load_applications(pool, applications).await?;
    load_wishes(pool, wishes).await
}

pub async fn claim(pool: &PgPool, claim: &Claim) -> sqlx::Result<Answer> {
    let mut work = pool.begin().await?;
    if is_repeated(&mut work, claim).await? {
        return Ok(Answer::Given);
    }
    let one = sqlx::query(
        "SELECT birth_year, class, status, number_of(application) AS number
         FROM application WHERE id = $1 FOR UPDATE",
    )
    .bind(claim.application)
    .fetch_optional(&mut *work)
    .await?;
    let place = sqlx::query(
        "SELECT birth_year, free, batch.places, phase FROM vacancy JOIN batch USING (birth_year)
         WHERE id = $1 FOR UPDATE OF vacancy",
    )
    .bind(claim.vacancy)
    .fetch_optional(&mut *work)
    .await?;
    let (Some(one), Some(place)) = (one, place) else { return Ok(Answer::NotFound) };
    let number: i32 = one.try_get("number")?;
    if one.try_get::<String, _>("status")? == "referred" {
        // The same key may have been answered while this one waited for the row.
        let is_repeated = is_repeated(&mut work, claim).await?;
        return Ok(if is_repeated { Answer::Given } else { Answer::LiveReferral });
    }
    if one.try_get::<i16, _>("birth_year")? != place.try_get::<i16, _>("birth_year")? {
        return Ok(Answer::WrongAge);
    }
    let may = match place.try_get::<String, _>("phase")?.as_str() {
        "windows" => number <= place.try_get::<i32, _>("places")?,
        phase => phase == "open",
    };
    if !may {
        return Ok(Answer::NoAccess);
    }
    if place.try_get::<i32, _>("free")? == 0 {
        return Ok(Answer::PlaceTaken);
    }
    sqlx::query("UPDATE vacancy SET free = free - 1 WHERE id = $1")
        .bind(claim.vacancy)
        .execute(&mut *work)
        .await?;
    sqlx::query("UPDATE application SET status = 'referred', left_at = now() WHERE id = $1")
        .bind(claim.application)
        .execute(&mut *work)
        .await?;
    let referral = sqlx::query(
        "INSERT INTO referral (application, vacancy, number, class, how, issued, until, documents_until, annul_until)
         VALUES ($1, $2, $3, $4, 'claim', now(), now() + interval '7 days', now() + interval '7 days',
                 now() + interval '2 days')
         RETURNING id",
    )
    .bind(claim.application)
    .bind(claim.vacancy)
    .bind(number)
    .bind(one.try_get::<i16, _>("class")?)
    .fetch_one(&mut *work)
    .await?;
    sqlx::query("INSERT INTO command (key, referral, at) VALUES ($1, $2, now())")
        .bind(&claim.key)
        .bind(referral.try_get::<i32, _>("id")?)
        .execute(&mut *work)
        .await?;
    sqlx::query(
        "INSERT INTO outbox (kind, application, payload, created)
         VALUES ('referral_issued', $1, jsonb_build_object('vacancy', $2::int), now())",
    )
    .bind(claim.application)
    .bind(claim.vacancy)
    .execute(&mut *work)
    .await?;
    work.commit().await?;
    Ok(Answer::Given)
}

async fn is_repeated(work: &mut PgConnection, claim: &Claim) -> sqlx::Result<bool> {
    let earlier =
        sqlx::query("SELECT referral FROM command WHERE key = $1").bind(&claim.key).fetch_optional(work).await?;
    Ok(earlier.is_some())
}

/// The slow statements only; the others are prepared in no time.
pub async fn warm_up(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("SELECT number_of(application) FROM application LIMIT 1").execute(connection).await?;
    Ok(())
}

pub async fn given(pool: &PgPool) -> sqlx::Result<Vec<Given>> {
    let rows = sqlx::query("SELECT application, vacancy, how FROM referral ORDER BY id").fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            Ok(Given {
                application: row.try_get("application")?,
                vacancy: row.try_get("vacancy")?,
                place: None,
                by_wish: row.try_get::<String, _>("how")? == "wish",
            })
        })
        .collect()
}
