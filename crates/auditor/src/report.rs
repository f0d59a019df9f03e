//! The report: plain words in three languages, or JSON. The same input gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write;

use kezek_disclosure::Log;
use serde::Serialize;

use crate::describe;
use crate::language::Language;
use crate::logs::{Logs, Verified};
use crate::opened::{self, NotBorneOut, Opening, Why};
use crate::replay::{Findings, Story, Tally, Violation};

/// All that an audit found.
#[derive(Debug)]
pub struct Report {
    /// The logs that hold.
    pub logs: Vec<Verified>,
    /// Logs that do not, and entries that cannot be read: no replay without them.
    pub broken: Vec<String>,
    /// What the replay found; none when there was none.
    pub findings: Option<Findings>,
    /// What the openings do not bear out; none when none were given.
    pub opened: Option<Vec<NotBorneOut>>,
}

impl Report {
    /// Whether everything holds.
    pub fn is_clean(&self) -> bool {
        let is_lawful = |found: &Findings| found.violations.is_empty() && found.judged_until.is_none();
        let is_borne_out = self.opened.as_ref().is_none_or(Vec::is_empty);
        self.broken.is_empty() && is_borne_out && self.findings.as_ref().is_some_and(is_lawful)
    }

    /// Checks also what rests on hidden data (R3.34/32), where the logs hold.
    pub fn open_with(&mut self, logs: &Logs, openings: &BTreeMap<u64, Opening>) {
        let sizes: Vec<u64> = self.logs.iter().map(|log| log.size).collect();
        let Ok(sizes) = <[u64; 3]>::try_from(sizes) else { return };
        let origin = |log: Log| {
            let found = self.logs.iter().find(|verified| verified.log == log);
            found.map(|verified| verified.origin.clone()).unwrap_or_default()
        };
        self.opened = Some(opened::audit(logs.entries(&sizes, |_| ()), openings, origin));
    }

    /// A checkpoint whose cosignatures are older than `max_age` seconds is frozen.
    pub fn check_age(&mut self, now: u64, max_age: u64) {
        let frozen =
            self.logs.iter().filter(|log| log.fresh_at.is_none_or(|at| at.saturating_add(max_age) < now));
        self.broken.extend(
            frozen.map(|log| format!("{}: no quorum of witnesses has seen it lately", log.log.name())),
        );
    }

    /// As JSON, indented.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let logs = self.logs.iter().map(|log| LogJson {
            log: log.log.name(),
            origin: &log.origin,
            size: log.size,
            root: &log.root,
            witnesses: &log.witnesses,
            extra: &log.extra,
        });
        let found = self.findings.as_ref();
        let whole = WholeJson {
            clean: self.is_clean(),
            logs: logs.collect(),
            broken: &self.broken,
            tally: found.map(|found| &found.tally),
            violations: found.map(|found| found.violations.as_slice()).unwrap_or_default(),
            judged_until: found.and_then(|found| found.judged_until).map(|at| at.to_string()),
            story: found.and_then(|found| found.story.as_ref()),
            not_borne_out: self.opened.as_deref(),
        };
        Ok(serde_json::to_string_pretty(&whole)? + "\n")
    }

    /// In plain words.
    pub fn text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, language);
        text
    }

    fn write(&self, to: &mut String, language: Language) -> std::fmt::Result {
        for log in &self.logs {
            write_log(to, log, language)?;
        }
        for broken in &self.broken {
            let head = language.pick(["БҰЗЫЛҒАН", "НАРУШЕНО", "BROKEN"]);
            writeln!(to, "{head}: {broken}")?;
        }
        let Some(found) = &self.findings else {
            let end = language.pick([
                "Тізілімдер өзгертілген немесе толық емес; кезек қайта жүргізілмеді.",
                "Реестры изменены или неполны; очередь не воспроизводилась.",
                "The registries were altered or are incomplete; the queue was not replayed.",
            ]);
            return writeln!(to, "\n{end}");
        };
        write_tally(to, &found.tally, language)?;
        write_result(to, found, language)?;
        if let Some(opened) = &self.opened {
            write_opened(to, opened, language)?;
        }
        if let Some(story) = &found.story {
            write_story(to, story, language)?;
        }
        Ok(())
    }
}

fn write_log(to: &mut String, log: &Verified, language: Language) -> std::fmt::Result {
    let (origin, size, root) = (&log.origin, log.size, &log.root);
    match language {
        Language::Kk => writeln!(to, "{origin}: {size} жазба, барлық файл тексерілді, түбірі {root}")?,
        Language::Ru => writeln!(to, "{origin}: записей {size}, проверен каждый файл, корень {root}")?,
        Language::En => writeln!(to, "{origin}: {size} entries, every file verified, root {root}")?,
    }
    for (name, _) in &log.witnesses {
        writeln!(to, "    {}: {name}", language.pick(["куәгер", "свидетель", "witness"]))?;
    }
    for path in &log.extra {
        let what = language.pick([
            "артық файл, оны ешкім растамайды",
            "лишний файл, за него никто не ручается",
            "a file that nothing vouches for",
        ]);
        writeln!(to, "    {what}: {path}")?;
    }
    Ok(())
}

fn write_tally(to: &mut String, tally: &Tally, language: Language) -> std::fmt::Result {
    writeln!(to)?;
    let rows: [([&'static str; 3], u64); 6] = [
        (["Өтініштер", "Заявления", "Applications"], tally.applications),
        (["Бюллетеньдер", "Бюллетени", "Bulletins"], tally.bulletins),
        (["Ондағы орындар", "Места в них", "Places in them"], tally.places),
        (
            ["Басым қолжетімділік терезелері", "Окна приоритетного доступа", "Windows of priority access"],
            tally.windows,
        ),
        (["Жолдамалар", "Направления", "Referrals"], tally.referrals),
        (["Қабылданған балалар", "Зачислено детей", "Children enrolled"], tally.enrolled),
    ];
    for (name, count) in rows {
        writeln!(to, "{}: {count}", language.pick(name))?;
    }
    if !tally.by_clause.is_empty() {
        let head = language.pick([
            "Жолдама берілген тармақтар",
            "Направления по пунктам",
            "Referrals by the clause that allowed them",
        ]);
        writeln!(to, "{head}:")?;
        for (clause, count) in &tally.by_clause {
            writeln!(to, "    {clause}: {count}")?;
        }
    }
    if !tally.on_trust.is_empty() {
        let head = language.pick([
            "Жасырын деректерге сүйенетіндіктен сенімге алынды (R3.34/32)",
            "Принято на веру, так как опирается на скрытые данные (R3.34/32)",
            "Taken on trust, since it rests on hidden data (R3.34/32)",
        ]);
        writeln!(to, "{head}:")?;
        for (trust, count) in &tally.on_trust {
            writeln!(to, "    {}: {count}", describe::trust(*trust, language))?;
        }
    }
    Ok(())
}

fn write_result(to: &mut String, found: &Findings, language: Language) -> std::fmt::Result {
    writeln!(to)?;
    let count = found.violations.len();
    if count == 0 && found.judged_until.is_none() {
        let end = language.pick([
            "Нәтиже: тізілімдерде ештеңе өзгертілмеген, әр орын заң бірінші қойған балаға берілген.",
            "Итог: в реестрах ничего не изменено, каждое место получил ребёнок, которого закон поставил первым.",
            "Result: nothing was altered, and every place went to the child the law put first.",
        ]);
        return writeln!(to, "{end}");
    }
    match language {
        Language::Kk => writeln!(to, "Нәтиже: заңды бұзған жазбалар: {count}.")?,
        Language::Ru => writeln!(to, "Итог: записей, нарушающих закон: {count}.")?,
        Language::En => writeln!(to, "Result: entries that break the law: {count}.")?,
    }
    for one in &found.violations {
        writeln!(to, "{}", describe::violation(one, language))?;
    }
    if let Some(until) = found.judged_until {
        let end = language.pick([
            "Бұзушылық тым көп: осы сәттен кейінгісі тексерілмеді",
            "Нарушений слишком много: дальше этого мгновения проверки не было",
            "There is too much wrong: nothing was judged after",
        ]);
        writeln!(to, "{end} {until}")?;
    }
    Ok(())
}

fn write_opened(to: &mut String, opened: &[NotBorneOut], language: Language) -> std::fmt::Result {
    if opened.is_empty() {
        let all = language.pick([
            "Жасырын деректер ашылып тексерілді: сенімге алынғанның бәрі расталды.",
            "Скрытые данные открыты и проверены: всё, что принималось на веру, подтвердилось.",
            "The hidden data was opened and checked: all that was taken on trust is borne out.",
        ]);
        return writeln!(to, "{all}");
    }
    for one in opened {
        let why = match &one.why {
            Why::NotOpened => language.pick([
                "ашылмаған: дерегі жойылған немесе берілмеген",
                "не открыта: данные стёрты или не даны",
                "not opened: its data was erased or not given",
            ]),
            Why::OtherContent => language.pick([
                "берілген дерек жазбаға сай емес",
                "данные не те, что в обязательстве записи",
                "what is given is not what the entry commits to",
            ]),
            Why::OtherEntry => language.pick([
                "бұл дерек бойынша жазба басқаша болуы керек",
                "по этим данным запись должна быть другой",
                "by this data the entry would be another",
            ]),
            Why::Unlawful(_) => language.pick([
                "жасырын дерек бойынша заңға сай емес",
                "по скрытым данным не по закону",
                "against the law by the hidden data",
            ]),
        };
        let lawful = match &one.why {
            Why::Unlawful(Some(lawful)) => format!(" ({lawful})"),
            _ => String::new(),
        };
        let head = language.pick(["Жазба", "Запись", "Entry"]);
        writeln!(to, "{head} {}: {why}{lawful}", one.seq)?;
    }
    Ok(())
}

fn write_story(to: &mut String, story: &Story, language: Language) -> std::fmt::Result {
    writeln!(to)?;
    match language {
        Language::Kk => writeln!(to, "№ {} өтініштің тарихы", story.application)?,
        Language::Ru => writeln!(to, "История заявления № {}", story.application)?,
        Language::En => writeln!(to, "The story of application no. {}", story.application)?,
    }
    for turn in &story.turns {
        writeln!(to, "    {}  {}", turn.at, describe::turn(&turn.what, language))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct WholeJson<'a> {
    clean: bool,
    logs: Vec<LogJson<'a>>,
    broken: &'a [String],
    tally: Option<&'a Tally>,
    violations: &'a [Violation],
    judged_until: Option<String>,
    story: Option<&'a Story>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_borne_out: Option<&'a [NotBorneOut]>,
}

#[derive(Serialize)]
struct LogJson<'a> {
    log: &'static str,
    origin: &'a str,
    size: u64,
    root: &'a str,
    witnesses: &'a [(String, u64)],
    extra: &'a [String],
}
