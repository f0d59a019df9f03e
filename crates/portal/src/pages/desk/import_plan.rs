//! What a file will change, and carrying it out: for the page and the API alike.

use kezek_import::{
    By, CarryOutError, OrganisationPlan, Problem as Wrong, QueuePlan, plan_organisations, plan_queue,
    read_organisations, read_queue,
};
use kezek_node::{Accepted, BatchError, Head, PrivateWrite, SubmitError};
use kezek_records::Role;
use kezek_rules::command::QueueChoice;
use kezek_rules::ids::SettlementId;
use kezek_rules::{Command, State};

use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::Problem;
use crate::language::Language;
use crate::own;
use crate::who::Who;

/// The largest file: a city's queue of a hundred thousand. A larger one goes by the command line.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Seconds until it is worth trying again when others keep writing.
const RETRY_AFTER_S: u32 = 5;

/// What an import will do.
pub enum Plan {
    /// Families that wait.
    Queue(Box<QueuePlan>),
    /// Kindergartens and groups, with the last fact they were planned on.
    Organisations(OrganisationPlan, Head),
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Queue(plan) => plan.applications.is_empty(),
            Self::Organisations(plan, _) => plan.commands.is_empty(),
        }
    }
}

/// Why a file is not taken.
pub enum Rejected {
    /// These lines cannot be taken.
    Lines(Vec<Wrong>),
    /// It holds data of another settlement than the official's own.
    OtherSettlement,
}

impl Rejected {
    /// A line of words for each.
    pub fn texts(&self, ctx: &Ctx) -> Vec<String> {
        let language = match ctx.language {
            Language::Kk => kezek_records::Language::Kk,
            Language::Ru => kezek_records::Language::Ru,
            Language::En => kezek_records::Language::En,
        };
        match self {
            Self::Lines(problems) => problems.iter().map(|problem| problem.text(language)).collect(),
            Self::OtherSettlement => vec![ctx.t("import-other-settlement")],
        }
    }
}

/// Where somebody may import: an administrator fills the whole service, officials their own settlement.
pub fn reach(who: &Who) -> Result<Option<SettlementId>, Problem> {
    if who.is(Role::Administrator) { Ok(None) } else { own::settlement(who).map(Some) }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Families that wait.
    Queue,
    /// Kindergartens and groups.
    Organisations,
}

/// The plan of a file, or why it is not taken.
pub async fn plan(
    app: &AppState,
    what: What,
    reach: Option<SettlementId>,
    bytes: &[u8],
) -> Result<Result<Plan, Rejected>, ActError> {
    match what {
        What::Queue => of_queue(app, reach, bytes).await,
        What::Organisations => of_organisations(app, reach, bytes).await,
    }
}

async fn of_queue(
    app: &AppState,
    reach: Option<SettlementId>,
    bytes: &[u8],
) -> Result<Result<Plan, Rejected>, ActError> {
    let (state, now, bytes) = (app.read(Clone::clone), app.now(), bytes.to_vec());
    let sheet = tokio::task::spawn_blocking(move || read_queue(&bytes)).await.map_err(broken)?;
    let known = kezek_import::known(app.people(), &sheet, || ()).await?;
    let mut ids = kezek_import::new_ids(&sheet)?;
    let made = move || {
        let mut new_id = || ids.pop().unwrap_or_default();
        plan_queue(sheet, &state, now, &known, &mut new_id)
    };
    let made = tokio::task::spawn_blocking(made).await.map_err(broken)?;
    Ok(judged(app, reach, made.map(|plan| Plan::Queue(Box::new(plan)))))
}

async fn of_organisations(
    app: &AppState,
    reach: Option<SettlementId>,
    bytes: &[u8],
) -> Result<Result<Plan, Rejected>, ActError> {
    let (state, head) = app.node().read_at(|state, head| (state.clone(), head));
    let (now, bytes) = (app.now(), bytes.to_vec());
    let made = move || plan_organisations(read_organisations(&bytes), &state, now);
    let made = tokio::task::spawn_blocking(made).await.map_err(broken)?;
    Ok(judged(app, reach, made.map(|plan| Plan::Organisations(plan, head))))
}

fn broken(error: tokio::task::JoinError) -> ActError {
    tracing::error!(%error, "a file could not be planned");
    SubmitError::Fault.into()
}

fn judged(
    app: &AppState,
    reach: Option<SettlementId>,
    made: Result<Plan, Vec<Wrong>>,
) -> Result<Plan, Rejected> {
    let plan = made.map_err(Rejected::Lines)?;
    let is_within = reach.is_none_or(|here| app.read(|state| is_of(state, &plan, here)));
    if is_within { Ok(plan) } else { Err(Rejected::OtherSettlement) }
}

/// Whether everything of a plan belongs to this settlement.
fn is_of(state: &State, plan: &Plan, here: SettlementId) -> bool {
    let of = |organisation| state.organisation(organisation).map(|one| one.settlement);
    match plan {
        Plan::Queue(plan) => plan.applications.iter().all(|one| match &one.submit.queue {
            QueueChoice::General(settlement) => *settlement == here,
            QueueChoice::Special(id, _) | QueueChoice::Sanatorium(id, _) => of(*id) == Some(here),
        }),
        Plan::Organisations(plan, _) => plan.commands.iter().all(|command| match command {
            Command::OpenSettlement(_) => false,
            Command::AddOrganisation(add) => add.settlement == here,
            // A group of an organisation that the same file enters follows that one.
            Command::SetGroup(set) => of(set.organisation).is_none_or(|settlement| settlement == here),
            _ => true,
        }),
    }
}

/// Carries out all or nothing, with these private rows.
pub async fn carry_out(
    app: &AppState,
    who: &Who,
    plan: &Plan,
    rows: Vec<PrivateWrite>,
) -> Result<Accepted, CarryOutError> {
    let by = By { actor: who.actor(), rows };
    match plan {
        Plan::Queue(plan) => kezek_import::register(app.node(), by, plan).await,
        Plan::Organisations(plan, head) => kezek_import::enter(app.node(), by, plan, *head).await,
    }
}

impl From<BatchError> for ActError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Refused { refusal, .. } => Self::Refused(refusal),
            BatchError::Moved => SubmitError::Unavailable { retry_after_s: RETRY_AFTER_S }.into(),
            BatchError::NotDone(error) => error.into(),
        }
    }
}

impl From<CarryOutError> for ActError {
    fn from(error: CarryOutError) -> Self {
        match error {
            CarryOutError::People(error) => error.into(),
            CarryOutError::Batch(error) => error.into(),
        }
    }
}
