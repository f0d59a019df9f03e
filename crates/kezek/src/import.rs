//! `kezek import`: a queue, or organisations, kept in a spreadsheet.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kezek_import::{
    By, PLANS_MAX, Problem, QueuePlan, plan_organisations, plan_queue, read_organisations, read_queue,
};
use kezek_node::{Accepted, Node};
use kezek_records::Language;
use sha2::{Digest, Sha256};

use crate::progress;
use crate::service;
use crate::site::Site;

/// Who acts, in the journal.
const ACTOR: &str = "administrator:0000000000000000";

/// What `kezek import` does.
#[derive(clap::Subcommand)]
#[command(after_help = "\
A file is taken whole or not at all: every line that cannot be taken is told with line, column and reason, and
nothing is changed. Importing a file again adds nothing. Original dates and times are kept.
The file is CSV in UTF-8 or Windows-1251, with comma, semicolon or tab; headings in Kazakh, Russian or English.

Examples, with the templates under examples/:
  kezek import organisations examples/organisations.csv
  kezek import queue examples/queue.csv --check
  kezek import queue examples/queue.csv
  kezek import queue examples/queue-1251-semicolon.csv --language ru

Import while the service is stopped: a running one would show the new families only after its next change.")]
pub enum Command {
    /// Settlements, kindergartens and their groups. Do this first.
    Organisations(Arguments),
    /// Families that wait, with the times they registered at.
    Queue(Arguments),
}

/// What both imports take.
#[derive(clap::Args)]
pub struct Arguments {
    /// The CSV file.
    file: PathBuf,
    /// Only look: tell what would be imported, or what is wrong.
    #[arg(long)]
    check: bool,
    /// The language of the report.
    #[arg(long, value_enum, default_value = "kk")]
    language: ReportLanguage,
    #[command(flatten)]
    site: Site,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum ReportLanguage {
    Kk,
    Ru,
    En,
}

impl ReportLanguage {
    fn language(self) -> Language {
        match self {
            ReportLanguage::Kk => Language::Kk,
            ReportLanguage::Ru => Language::Ru,
            ReportLanguage::En => Language::En,
        }
    }

    fn pick(self, texts: [&'static str; 3]) -> &'static str {
        let [kk, ru, en] = texts;
        match self {
            ReportLanguage::Kk => kk,
            ReportLanguage::Ru => ru,
            ReportLanguage::En => en,
        }
    }
}

pub fn run(command: Command) -> Result<ExitCode> {
    service::block_on(async move {
        let (Command::Organisations(arguments) | Command::Queue(arguments)) = &command;
        let bytes = std::fs::read(&arguments.file)
            .with_context(|| format!("reading {}", arguments.file.display()))?;
        let node = arguments.site.open_or_make().await?;
        let result = match &command {
            Command::Organisations(arguments) => organisations(&node, arguments, &bytes).await,
            Command::Queue(arguments) => queue(&node, arguments, &bytes).await,
        };
        node.close().await;
        result
    })
}

async fn organisations(node: &Node, arguments: &Arguments, bytes: &[u8]) -> Result<ExitCode> {
    let words = arguments.language;
    let mut plans = 1;
    let (plan, accepted) = loop {
        let (sheet, now) = (read_organisations(bytes), node.now());
        let planned = node.read_at(|state, head| (plan_organisations(sheet, state, now), head));
        let (plan, head) = match planned {
            (Ok(plan), head) => (plan, head),
            (Err(problems), _) => return Ok(rejected(&problems, words)),
        };
        if arguments.check || plan.commands.is_empty() {
            break (plan, None);
        }
        match kezek_import::enter(node, by(), &plan, head).await {
            Ok(accepted) => break (plan, Some(accepted)),
            Err(error) if error.is_outdated() && plans < PLANS_MAX => plans += 1,
            Err(error) => return Err(error.into()),
        }
    };
    println!("sha256 {}", digest(bytes));
    println!(
        "{}: {}",
        words.pick(["жаңа елді мекендер", "новых населённых пунктов", "new settlements"]),
        plan.settlements
    );
    println!(
        "{}: {}",
        words.pick(["жаңа ұйымдар", "новых организаций", "new organisations"]),
        plan.organisations
    );
    println!("{}: {}", words.pick(["жаңа топтар", "новых групп", "new groups"]), plan.groups);
    there_already(&plan.there_already, words);
    Ok(told(accepted.as_ref(), words))
}

async fn queue(node: &Node, arguments: &Arguments, bytes: &[u8]) -> Result<ExitCode> {
    let words = arguments.language;
    let mut plans = 1;
    let (plan, accepted) = loop {
        let plan = match plan_of_queue(node, bytes).await? {
            Ok(plan) => plan,
            Err(problems) => return Ok(rejected(&problems, words)),
        };
        if arguments.check || plan.applications.is_empty() {
            break (plan, None);
        }
        match kezek_import::register(node, by(), &plan).await {
            Ok(accepted) => break (plan, Some(accepted)),
            Err(error) if error.is_outdated() && plans < PLANS_MAX => plans += 1,
            Err(error) => return Err(error.into()),
        }
    };
    println!("sha256 {}", digest(bytes));
    println!(
        "{}: {}",
        words.pick(["жаңа өтініштер", "новых заявлений", "new applications"]),
        plan.applications.len()
    );
    there_already(&plan.there_already, words);
    if !plan.enrolled_there.is_empty() {
        let text = words.pick([
            "файлда «қабылданған», ал жүйеде кезекте тұрған жолдар; жұмыс орнында шешіңіз",
            "строки, где в файле «зачислен», а в системе ребёнок в очереди; решите на рабочем месте",
            "lines called enrolled in the file while the child waits here; decide at the desk",
        ]);
        println!("{text}: {}", list(&plan.enrolled_there));
    }
    if accepted.is_some() {
        counts(node, &plan, words);
    }
    Ok(told(accepted.as_ref(), words))
}

async fn plan_of_queue(node: &Node, bytes: &[u8]) -> Result<Result<QueuePlan, Vec<Problem>>> {
    let sheet = read_queue(bytes);
    let bar = progress::bar("Looking for people known already", sheet.rows.len() as u64 * 2);
    let known = kezek_import::known(node.people(), &sheet, || bar.inc(1)).await;
    bar.finish_and_clear();
    let (known, mut ids) = (known?, kezek_import::new_ids(&sheet)?);
    let mut new_id = || ids.pop().unwrap_or_default();
    let now = node.now();
    Ok(node.read(|state| plan_queue(sheet, state, now, &known, &mut new_id)))
}

fn by() -> By {
    By { actor: ACTOR.into(), rows: Vec::new() }
}

fn rejected(problems: &[Problem], words: ReportLanguage) -> ExitCode {
    for problem in problems {
        println!("{}", problem.text(words.language()));
    }
    let text = words.pick([
        "Түзетілетін жерлер саны: {}. Ештеңе енгізілген жоқ; файлды түзетіп, қайта жіберіңіз.",
        "Нужно исправить: {}. Ничего не загружено; исправьте файл и загрузите его снова.",
        "To be mended: {}. Nothing was imported; mend the file and import it again.",
    ]);
    println!("{}", text.replace("{}", &problems.len().to_string()));
    ExitCode::FAILURE
}

fn nothing_changed(words: ReportLanguage) -> ExitCode {
    println!("{}", words.pick(["Ештеңе өзгерген жоқ.", "Ничего не изменено.", "Nothing was changed."]));
    ExitCode::SUCCESS
}

fn there_already(lines: &[u64], words: ReportLanguage) {
    println!("{}: {}", words.pick(["бұрыннан бар", "уже есть", "there already"]), lines.len());
}

/// Before, new and after by queue; the last is counted anew.
fn counts(node: &Node, plan: &QueuePlan, words: ReportLanguage) {
    let after = node.read(kezek_import::count_by_queue);
    let [queue, before, new, now] = [
        words.pick(["кезек", "очередь", "queue"]),
        words.pick(["бұрын", "было", "before"]),
        words.pick(["жаңа", "новых", "new"]),
        words.pick(["қазір", "стало", "now"]),
    ];
    println!("{before:>8} {new:>8} {now:>8}  {queue}");
    for count in &plan.counts {
        let settlement = node.read(|state| state.settlement(count.settlement).map(|one| one.name.clone()));
        let now = after.get(&(count.settlement, count.queue.clone())).copied().unwrap_or(0);
        let settlement = settlement.unwrap_or_default();
        println!("{:>8} {:>8} {now:>8}  {settlement}: {}", count.before, count.new, count.queue);
    }
}

/// What was written, to be signed; or that nothing was.
fn told(accepted: Option<&Accepted>, words: ReportLanguage) -> ExitCode {
    let Some(Accepted { first_seq, facts, .. }) = accepted else { return nothing_changed(words) };
    let last = first_seq + (facts.len() as u64).saturating_sub(1);
    println!(
        "{}: {first_seq}–{last}",
        words.pick(["журналдағы жазбалар", "записи журнала", "facts of the journal"])
    );
    let text = words.pick([
        "Сандар тексерілді: ____________________  күні: ____________",
        "Числа сверены: ____________________  дата: ____________",
        "Counts checked by: ____________________  date: ____________",
    ]);
    println!("{text}");
    ExitCode::SUCCESS
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn list(lines: &[u64]) -> String {
    lines.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}
