//! The answer in Kazakh, Russian, English.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use kezek_auditor::describe;
use kezek_auditor::language::Language;
use kezek_auditor::receipt::{NotProved, Proved};
use kezek_calendar::Instant;
use kezek_disclosure::{Part, Said};
use kezek_rules::Event;

/// What a receipt proves, a line each.
pub fn holds(proved: &Proved, language: Language) -> String {
    let mut lines =
        vec![language.pick(["ТҮБІРТЕК ДҰРЫС", "КВИТАНЦИЯ ВЕРНА", "THE RECEIPT HOLDS"]).to_owned()];
    lines.push(fact(proved, language));
    lines.push(place(proved, language));
    lines.push(witnesses(proved, language));
    lines.push(language.pick(opening(proved)).to_owned());
    lines.extend(proved.opened.iter().map(|one| format!("    {}: {}", one.field, one.value)));
    lines.join("\n") + "\n"
}

/// Why a receipt does not hold, and what to do.
pub fn fails(why: &NotProved, language: Language) -> String {
    let head = language.pick(["ТҮБІРТЕК ДҰРЫС ЕМЕС", "КВИТАНЦИЯ НЕ ВЕРНА", "THE RECEIPT DOES NOT HOLD"]);
    let what = language.pick(match super::is_other_register(why) {
        true => [
            "Түбіртек бұл саясат атамаған тізілімнен. Сол тізілімнің саясатын алыңыз.",
            "Квитанция из реестра, которого эта политика не называет. Возьмите политику этого реестра.",
            "It is of a register that this policy does not name. Get the policy of that register.",
        ],
        false => [
            "Оны өтініштің бетінен қайта жүктеп алып, тағы бір рет тексеріңіз. Тағы да дұрыс болмаса, файлды сақтап қойыңыз: ол – дәлел. Ол туралы көрсетілетін қызметті берушіден жазбаша сұраңыз.",
            "Скачайте её снова со страницы заявления и проверьте ещё раз. Если опять не верна, сохраните файл: это доказательство. Спросите о нём услугодателя письменно.",
            "Download it again from the page of the application and check it once more. If it still fails, keep the file: it is evidence. Ask the provider of the service about it in writing.",
        ],
    });
    format!("{head}\n{what}\n    {why}\n")
}

fn fact(proved: &Proved, language: Language) -> String {
    let entry = &proved.entry;
    let opened = proved.opened.iter().find(|one| one.field == "fact");
    let opened: Option<Event> = opened.and_then(|one| serde_json::from_str(&one.value).ok());
    let said = match (&entry.said, opened) {
        (Said::Fact(event), _) => Some(event.clone()),
        (_, opened) => opened,
    };
    let registered = match (&entry.said, &said) {
        (Said::Part(Part::Registered { application, registered, .. }), _)
        | (_, Some(Event::Registered { application, registered, .. })) => Some((*application, *registered)),
        _ => None,
    };
    match (registered, said) {
        (Some((application, registered)), _) => {
            let when = instant(registered);
            match language {
                Language::Kk => format!("Өтініш № {application} тізілімде тұр. Тіркелген уақыты: {when}."),
                Language::Ru => {
                    format!("Заявление № {application} стоит в реестре. Время регистрации: {when}.")
                }
                Language::En => format!(
                    "Application No. {application} stands in the register. Its time of registration is {when}."
                ),
            }
        }
        (_, Some(event @ Event::ReferralIssued { .. })) => {
            let mut text = match language {
                Language::Kk => "Тізілімде тұр: ",
                Language::Ru => "В реестре стоит: ",
                Language::En => "In the register stands: ",
            }
            .to_owned();
            // Writing to a string cannot fail.
            let _ = write!(text, "{}, {}.", describe::event(&event, language), instant(entry.at));
            text
        }
        _ => {
            let (seq, when) = (entry.seq, instant(entry.at));
            match language {
                Language::Kk => format!("Жазба № {seq} тізілімде тұр, уақыты: {when}."),
                Language::Ru => format!("Запись № {seq} стоит в реестре, её время: {when}."),
                Language::En => format!("Entry No. {seq} of {when} stands in the register."),
            }
        }
    }
}

fn place(proved: &Proved, language: Language) -> String {
    let checkpoint = &proved.witnessed.checkpoint;
    let (index, size, origin) = (proved.index + 1, checkpoint.size, &checkpoint.origin);
    match language {
        Language::Kk => format!("Тізілім {origin}: барлық жазба {size}, бұл жазбаның реті {index}."),
        Language::Ru => format!("Это запись {index} из {size} в реестре {origin}."),
        Language::En => format!("It is entry {index} of the {size} in the register {origin}."),
    }
}

fn witnesses(proved: &Proved, language: Language) -> String {
    let Some(fresh_at) = proved.witnessed.fresh_at else {
        return language
            .pick([
                "Тізілімнің бұл күйіне оператор қол қойған. Бұл саясат басқа куәгер талап етпейді.",
                "Это состояние реестра подписал оператор. Других свидетелей эта политика не требует.",
                "The operator has signed this state of the register. This policy asks for no other witness.",
            ])
            .to_owned();
    };
    let names: Vec<&str> = proved.witnessed.witnesses.iter().map(|one| one.name.as_str()).collect();
    let names = names.join(", ");
    let when = i64::try_from(fresh_at).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let when = when.map_or_else(|| fresh_at.to_string(), moment);
    match language {
        Language::Kk => {
            format!("Тізілімнің бұл күйін куәгерлер көрген: {names}; қажеттінің бәрі көрген уақыт: {when}.")
        }
        Language::Ru => format!("Это состояние реестра видели свидетели: {names}; все нужные – к {when}."),
        Language::En => {
            format!("Witnesses have seen this state of the register: {names}; all that are needed by {when}.")
        }
    }
}

fn opening(proved: &Proved) -> [&'static str; 3] {
    match (proved.opened.is_empty(), proved.entry.commitment) {
        (false, _) => [
            "Тізілімде жасырылғанды түбіртек ашты, ол сол кезде бекітілгеннің дәл өзі:",
            "Скрытое в реестре квитанция раскрыла, и это то самое, что было закреплено тогда:",
            "What the register hides was opened by this receipt, and it is what was committed to at that time:",
        ],
        (true, None) => {
            ["Жазбада жасырылған ештеңе жоқ.", "В записи ничего не скрыто.", "The entry hides nothing."]
        }
        (true, Some(_)) => [
            "Жазбада жасырылған дерек бар, бұл түбіртек оны ашпайды.",
            "В записи есть скрытое, эта квитанция его не раскрывает.",
            "The entry hides something, and this receipt does not open it.",
        ],
    }
}

fn instant(at: Instant) -> String {
    Timestamp::from_microsecond(at.as_micros()).map_or_else(|_| at.to_string(), moment)
}

/// A moment in figures on the one clock of Kazakhstan; in UTC before it became one, on 1 March 2024.
fn moment(time: Timestamp) -> String {
    const ONE_CLOCK: i64 = 1_709_233_200;
    let (hours, name) = if time.as_second() >= ONE_CLOCK { (5, "UTC+5") } else { (0, "UTC") };
    let zone = TimeZone::fixed(Offset::constant(hours));
    format!("{} ({name})", time.to_zoned(zone).strftime("%d.%m.%Y %H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_on_the_clock_of_its_day() {
        let told = |text: &str| moment(text.parse().unwrap());
        assert_eq!(told("2024-02-29T18:59:59Z"), "29.02.2024 18:59:59 (UTC)");
        assert_eq!(told("2024-02-29T19:00:00Z"), "01.03.2024 00:00:00 (UTC+5)");
    }
}
