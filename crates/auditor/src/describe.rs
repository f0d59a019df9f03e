//! Facts and findings in plain words.

use kezek_rules::event::{ArchiveReason, WindowGrant};
use kezek_rules::ranking::Cause;
use kezek_rules::{Event, Refusal};

use crate::language::Language;
use crate::replay::{Trust, Violation, What, Wrong};

/// A violation in one or two lines: the entry, the clause, what is wrong, what the law gives.
pub fn violation(one: &Violation, language: Language) -> String {
    let head = match language {
        Language::Kk => format!("{}-жазба, {}, {}-тармақ: ", one.seq, one.at, one.clause),
        Language::Ru => format!("Запись {}, {}, пункт {}: ", one.seq, one.at, one.clause),
        Language::En => format!("Entry {}, {}, clause {}: ", one.seq, one.at, one.clause),
    };
    let mut text = head + &wrong(one.wrong, language);
    if let (Some(found), Some(lawful)) = (&one.found, &one.lawful)
        && let Some(difference) = windows(lawful, found, language)
    {
        return format!("{text} {difference}");
    }
    if let Some(found) = &one.found {
        text += &format!(
            "\n    {}: {}",
            language.pick(["Тізілімде", "В реестре", "In the registry"]),
            event(found, language)
        );
    }
    if let Some(lawful) = &one.lawful {
        text += &format!(
            "\n    {}: {}",
            language.pick(["Заң бойынша", "По закону", "By the law"]),
            event(lawful, language)
        );
    }
    text
}

fn wrong(wrong: Wrong, language: Language) -> String {
    let text = match wrong {
        Wrong::Otherwise => {
            ["заң басқа нәтиже береді.", "закон даёт другой результат.", "the law gives another result."]
        }
        Wrong::Missing => [
            "заң талап еткен әрекет жасалмаған.",
            "того, что требовал закон, не произошло.",
            "what the law asked for did not happen.",
        ],
        Wrong::Refused(refusal) => return refused(refusal, language),
        Wrong::NoBulletin => [
            "бұл орын бұл бюллетеньде жарияланбаған.",
            "этого места не было в бюллетене.",
            "no bulletin named this place.",
        ],
        Wrong::Unfounded => [
            "бұл жазбаның негізі жоқ: оған ешкімнің әрекеті де, мерзім де себеп емес.",
            "у записи нет основания: её не вызвало ни действие, ни наступивший срок.",
            "nothing brings this entry about: no act and no term.",
        ],
        Wrong::BackInTime => [
            "уақыты алдыңғы жазбадан ерте.",
            "время раньше, чем у предыдущей записи.",
            "its time is before that of the entry in front of it.",
        ],
        Wrong::BackDated => [
            "өтінішке жіберілген сәттен басқа тіркеу уақыты қойылған.",
            "заявлению поставлено время регистрации, отличное от времени подачи.",
            "the application bears another time than that of its sending.",
        ],
        Wrong::NotThere => [
            "тізілімде жоқ өтініш, орын, бюллетень немесе жолдама аталған.",
            "названо заявление, место, бюллетень или направление, которого в реестре нет.",
            "it names an application, a place, a bulletin or a referral that is not in the registry.",
        ],
        Wrong::OtherWishes => [
            "ашылған тілектер отбасы тапсырған тілектер емес.",
            "открытые пожелания не те, что подала семья.",
            "the wishes opened are not those that the family lodged.",
        ],
        Wrong::NoAct => [
            "актінің нөмірі мен күні жоқ.",
            "у акта нет номера и даты.",
            "the act has no number and no date.",
        ],
        Wrong::Number => [
            "жазба нөмірі кезекті нөмір емес: жазба жойылған, қосылған немесе қайталанған.",
            "номер записи не следующий: запись изъята, вставлена или повторена.",
            "its number is not the next one: an entry was taken out, put in or repeated.",
        ],
    };
    language.pick(text).to_owned()
}

fn refused(refusal: Refusal, language: Language) -> String {
    let text = match refusal {
        Refusal::NoAccess => [
            "бұл балада орынға басым қолжетімділік те, ашық кезеңдегі құқық та болған жоқ.",
            "у этого ребёнка не было ни окна приоритетного доступа, ни доступа открытого этапа.",
            "this child had neither a window of priority access nor a place inside the open phase.",
        ],
        Refusal::PlaceTaken => [
            "бұл орын бос болған жоқ: ол басқа балаға берілген.",
            "место не было свободно: оно уже отдано.",
            "the place was not free: it had been given away.",
        ],
        Refusal::StopListed => [
            "өтініш стоп-парақта болған.",
            "заявление было в стоп-листе.",
            "the application was on the stop-list.",
        ],
        Refusal::LiveReferral => [
            "өтініш бойынша қолданыстағы жолдама бар.",
            "по заявлению уже есть действующее направление.",
            "the application had a live referral.",
        ],
        Refusal::WrongAge => [
            "орын басқа жастағы балаларға арналған.",
            "место для детей другого возраста.",
            "the place is for children of another age.",
        ],
        Refusal::PrivateOnly => [
            "бұл балаға тек жекеменшік ұйым беріледі.",
            "этому ребёнку положена только частная организация.",
            "only a private organisation is open to this child.",
        ],
        Refusal::NotEnoughPlaces => ["орын жетпейді.", "мест не хватало.", "there were not enough places."],
        Refusal::OverCapacity => [
            "топтың сыйымдылығынан асып кетеді.",
            "превышает вместимость группы.",
            "it goes past the capacity of the group.",
        ],
        Refusal::TooLate => ["мерзімі өткен.", "срок прошёл.", "its term was over."],
        Refusal::DocumentsMissing => [
            "құжаттардың түпнұсқасы расталмаған.",
            "оригиналы документов не подтверждены.",
            "originals had not been confirmed.",
        ],
        other => {
            let code = other.code();
            return match language {
                Language::Kk => format!("заң бас тартады ({code})."),
                Language::Ru => format!("закон отказывает ({code})."),
                Language::En => format!("the law refuses it ({code})."),
            };
        }
    };
    language.pick(text).to_owned()
}

/// Whose window went to whom.
fn windows(lawful: &Event, found: &Event, language: Language) -> Option<String> {
    let (Event::WindowsOpened { grants: lawful, .. }, Event::WindowsOpened { grants: found, .. }) =
        (lawful, found)
    else {
        return None;
    };
    let not_in = |one: &[WindowGrant], other: &[WindowGrant]| {
        let missing =
            one.iter().find(|grant| other.iter().all(|known| known.application != grant.application));
        missing.map(|grant| grant.application.number())
    };
    let (passed, favoured) = (not_in(lawful, found)?, not_in(found, lawful)?);
    Some(match language {
        Language::Kk => format!("Терезе № {passed} өтінішке тиесілі еді, № {favoured} өтінішке берілген."),
        Language::Ru => format!("Окно полагалось заявлению № {passed}, а дано заявлению № {favoured}."),
        Language::En => {
            format!("The window was due to application no. {passed} and was given to no. {favoured}.")
        }
    })
}

/// A fact in a few words.
pub fn event(event: &Event, language: Language) -> String {
    match event {
        Event::ReferralIssued { referral, application, vacancy, .. } => {
            let (referral, vacancy) = (referral.0 + 1, vacancy.0 + 1);
            match language {
                Language::Kk => {
                    format!("№ {application} өтінішке № {referral} жолдама (№ {vacancy} бос орын)")
                }
                Language::Ru => {
                    format!("направление № {referral} заявлению № {application} (вакансия № {vacancy})")
                }
                Language::En => format!(
                    "referral no. {referral} for application no. {application} (vacancy no. {vacancy})"
                ),
            }
        }
        Event::Registered { application, registered, .. } => match language {
            Language::Kk => format!("№ {application} өтініш, тіркелген уақыты {registered}"),
            Language::Ru => format!("заявление № {application}, время регистрации {registered}"),
            Language::En => format!("application no. {application}, registered {registered}"),
        },
        Event::BulletinIssued { date, batches, .. } => {
            let places: u64 = batches
                .iter()
                .flat_map(|batch| &batch.places)
                .map(|places| u64::from(places.announced) + u64::from(places.returned))
                .sum();
            match language {
                Language::Kk => format!("{date} күнгі бюллетень, {places} орын"),
                Language::Ru => format!("бюллетень {date}, мест: {places}"),
                Language::En => format!("bulletin of {date}, {places} places"),
            }
        }
        Event::WindowsOpened { grants, until, .. } => {
            let count = grants.len();
            match language {
                Language::Kk => format!("{count} терезе, {until} дейін"),
                Language::Ru => format!("окон: {count}, до {until}"),
                Language::En => format!("{count} windows, until {until}"),
            }
        }
        Event::ProfileApplied { .. } => language
            .pick([
                "ережелердің өзгеруі күшіне енді",
                "изменение правил вступило в силу",
                "a change of the rules came into force",
            ])
            .to_owned(),
        Event::OpeningHeld { date, .. } => match language {
            Language::Kk => format!("{date} күнгі ашылу"),
            Language::Ru => format!("открытие {date}"),
            Language::En => format!("opening of {date}"),
        },
        Event::Archived { application, reason: ArchiveReason::MaxAge } => match language {
            Language::Kk => format!("№ {application} өтініш мұрағатқа: шекті жас"),
            Language::Ru => format!("заявление № {application} в архив: предельный возраст"),
            Language::En => format!("application no. {application} into the archive: maximum age"),
        },
        other => shortened(&serde_json::to_string(other).unwrap_or_default()),
    }
}

/// At most so many characters of a fact that has no words of its own.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// What is taken on trust.
pub fn trust(trust: Trust, language: Language) -> &'static str {
    language.pick(match trust {
        Trust::SameChild => [
            "кімнің баласы екені (254/15, 254/19)",
            "чей это ребёнок (254/15, 254/19)",
            "whose child it is (254/15, 254/19)",
        ],
        Trust::SameParent => [
            "бауырлар екені (254/29)",
            "что это братья и сёстры (254/29)",
            "that they are siblings (254/29)",
        ],
        Trust::Benefit => [
            "жеңілдіктің құжаттармен расталғаны (254/20, 254/22)",
            "что льгота подтверждена документами (254/20, 254/22)",
            "that papers prove a benefit (254/20, 254/22)",
        ],
        Trust::Refusal => [
            "балабақшаның бас тарту себебі (254/34)",
            "причина отказа детского сада (254/34)",
            "why a kindergarten refused (254/34)",
        ],
        Trust::Conclusion => [
            "ПМПК қорытындысы бар екені (254/18, 254/24.9)",
            "что есть заключение ПМПК (254/18, 254/24.9)",
            "that a conclusion of the consultation is on file (254/18, 254/24.9)",
        ],
        Trust::PrivateOnly => [
            "тек жекеменшік ұйым екені (254/16)",
            "что только частная организация (254/16)",
            "that only private organisations are open (254/16)",
        ],
        Trust::TakenOver => [
            "бұрынғы кезектен алынған уақыт (R4.36)",
            "время, взятое из прежней очереди (R4.36)",
            "times taken over from an earlier queue (R4.36)",
        ],
        Trust::Kept => [
            "жария етілмейтін жазбалар: арнайы және санаторийлік кезектер, байланыс деректері, құжаттар, хабарламалар",
            "непубличные записи: специальные и санаторные очереди, контакты, документы, уведомления",
            "entries kept back: special and sanatorium queues, contacts, papers, messages",
        ],
    })
}

/// A turn of an application's story.
pub fn turn(what: &What, language: Language) -> String {
    let (number, of, causes) = match what {
        What::Entry { event, .. } => return own_turn(event, language),
        What::Moved { number, of, causes } => (number, of, causes),
    };
    let place = match (number, of) {
        (Some(number), Some(of)) => format!("№ {number} / {of}"),
        _ => language.pick(["кезектен тыс тұр", "вне очереди", "out of the order"]).to_owned(),
    };
    let causes: Vec<&str> = causes.iter().map(|one| cause(*one, language)).collect();
    if causes.is_empty() { place } else { format!("{place} — {}", causes.join("; ")) }
}

/// An entry as it concerns one application.
fn own_turn(event: &Event, language: Language) -> String {
    let text = match event {
        Event::Registered { .. } => {
            ["өтініш тіркелді", "заявление зарегистрировано", "the application was registered"]
        }
        Event::BenefitClaimed { .. } => ["жеңілдік мәлімделді", "заявлена льгота", "a benefit was claimed"],
        Event::BenefitConfirmed { .. } => {
            ["жеңілдік расталды", "льгота подтверждена", "a benefit was confirmed"]
        }
        Event::BenefitRemoved { .. } => ["жеңілдік алынып тасталды", "льгота снята", "a benefit was removed"],
        Event::BirthCorrected { .. } => {
            ["туған күні түзетілді", "исправлена дата рождения", "the birth date was corrected"]
        }
        Event::InterestConfirmed { .. } => {
            ["қызығушылық расталды", "подтверждена заинтересованность", "interest was confirmed"]
        }
        Event::InterestAsked { .. } => [
            "қызығушылықты растау сұралды",
            "запрошено подтверждение заинтересованности",
            "a confirmation of interest was asked for",
        ],
        Event::StopListed { .. } => {
            ["стоп-параққа түсті", "попало в стоп-лист", "it was put on the stop-list"]
        }
        Event::Returned { .. } => ["кезекке қайтты", "вернулось в очередь", "it came back into the queue"],
        Event::Archived { .. } => ["мұрағатқа кетті", "ушло в архив", "it went into the archive"],
        Event::WindowCancelled { .. } => ["терезесі жойылды", "окно отменено", "its window was cancelled"],
        Event::WishesLodged { .. } => ["тілектер тапсырылды", "поданы пожелания", "wishes were lodged"],
        Event::WindowsOpened { until, .. } => {
            return match language {
                Language::Kk => format!("басым қолжетімділік терезесі {until} дейін"),
                Language::Ru => format!("окно приоритетного доступа до {until}"),
                Language::En => format!("a window of priority access until {until}"),
            };
        }
        Event::ReferralIssued { .. } => return self::event(event, language),
        Event::ReferralStarted { .. } => {
            ["жолдама мерзімі басталды", "начался срок направления", "the referral's term began"]
        }
        Event::ReferralExtended { until, .. } => {
            return match language {
                Language::Kk => format!("жолдама {until} дейін ұзартылды"),
                Language::Ru => format!("направление продлено до {until}"),
                Language::En => format!("the referral was extended until {until}"),
            };
        }
        Event::DocumentsConfirmed { .. } => [
            "құжаттардың түпнұсқасы расталды",
            "оригиналы документов подтверждены",
            "originals were confirmed",
        ],
        Event::ReferralEnded { .. } => ["жолдама тоқтатылды", "направление прекращено", "the referral ended"],
        Event::Enrolled { .. } => ["бала қабылданды", "ребёнок зачислен", "the child was enrolled"],
        other => return self::event(other, language),
    };
    language.pick(text).to_owned()
}

/// Why a number moved.
pub fn cause(cause: Cause, language: Language) -> &'static str {
    language.pick(match cause {
        Cause::ExtraordinaryJoined => [
            "кезектен тыс құқығы бар өтініш қосылды",
            "встало заявление с внеочередным правом",
            "an extraordinary application joined",
        ],
        Cause::PriorityJoined => [
            "бірінші кезектегі құқығы бар өтініш қосылды",
            "встало заявление с первоочередным правом",
            "a priority application joined",
        ],
        Cause::BenefitChanged => ["жеңілдік өзгерді", "изменилась льгота", "a benefit changed"],
        Cause::Referred => ["жолдама берілді", "выдано направление", "a referral was issued"],
        Cause::Returned => {
            ["өтініш кезекке қайтты", "заявление вернулось в очередь", "an application came back"]
        }
        Cause::StopListed => {
            ["өтініш стоп-параққа түсті", "заявление попало в стоп-лист", "an application was stop-listed"]
        }
        Cause::Left => ["өтініш қайтарып алынды", "заявление отозвано", "an application was withdrawn"],
        Cause::Archived => {
            ["өтініш мұрағатқа кетті", "заявление ушло в архив", "an application was archived"]
        }
        Cause::Reordered => ["кезек қайта реттелді", "порядок пересчитан", "the order was worked out anew"],
    })
}
