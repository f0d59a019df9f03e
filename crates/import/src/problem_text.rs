//! The words of each reason in Kazakh, Russian and English.

use kezek_records::Language;
use kezek_rules::Refusal;

use crate::problem::Reason;
use crate::sheet::BYTES_MAX;

impl Reason {
    /// What is wrong and what to do.
    pub fn text(&self, language: Language) -> String {
        let [kk, ru, en] = self.words();
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    fn words(&self) -> [String; 3] {
        match self {
            Reason::TooLarge => {
                let megabytes = BYTES_MAX / 1_000_000;
                [
                    format!("файл {megabytes} МБ-тан үлкен; оны бөліп жіберіңіз"),
                    format!("файл больше {megabytes} МБ; разделите его на части"),
                    format!("the file is larger than {megabytes} MB; divide it"),
                ]
            }
            Reason::UnknownColumn(heading) => [
                format!("мұндай баған жоқ: «{heading}»; оны алып тастаңыз немесе үлгідегідей атаңыз"),
                format!("нет столбца с названием «{heading}»; удалите его или назовите как в образце"),
                format!("there is no column called «{heading}»; remove it or name it as the template does"),
            ],
            Reason::CellCount { expected, found } => [
                format!(
                    "ұяшық саны {found}, ал тақырыпта {expected}; артық не жетпейтін бөлгішті тексеріңіз"
                ),
                format!(
                    "ячеек {found}, а в заголовке {expected}; проверьте лишние и пропущенные разделители"
                ),
                format!(
                    "{found} cells where the heading has {expected}; look for a separator too many or too few"
                ),
            ],
            Reason::IinLength(found) => [
                format!(
                    "ЖСН 12 цифрдан тұрады, мұнда {found} таңба бар; бастапқы нөлдер жоғалмауы үшін бағанды мәтін деп пішімдеңіз"
                ),
                format!(
                    "в ИИН 12 цифр, здесь знаков: {found}; чтобы нули в начале не терялись, задайте столбцу текстовый формат"
                ),
                format!(
                    "an IIN has 12 digits, here are {found} characters; format the column as text so that zeros in front are kept"
                ),
            ],
            Reason::Word(list) => [
                format!("мұндай мән жоқ; мыналардың бірін жазыңыз: {list}"),
                format!("такого значения нет; напишите одно из: {list}"),
                format!("no such value; write one of: {list}"),
            ],
            Reason::RepeatedLine(line) => [
                format!("осы өтініш {line}-жолда да тұр; біреуін ғана қалдырыңыз"),
                format!("это же заявление стоит в строке {line}; оставьте одно"),
                format!("the same application stands in line {line}; keep one"),
            ],
            Reason::DiffersFromLine(line) => [
                format!("{line}-жолда басқаша жазылған; екі жолды бірдей етіңіз"),
                format!("в строке {line} указано иначе; сделайте обе строки одинаковыми"),
                format!("line {line} says otherwise; make both lines say the same"),
            ],
            Reason::Refused(refusal) => refused(*refusal),
            fixed => fixed.fixed_words().map(str::to_owned),
        }
    }

    fn fixed_words(&self) -> [&'static str; 3] {
        match self {
            Reason::Empty => ["файл бос", "файл пуст", "the file is empty"],
            Reason::NoRows => [
                "тақырыптан басқа жол жоқ",
                "кроме заголовка нет ни одной строки",
                "there is no line besides the heading",
            ],
            Reason::NotText => [
                "бұл CSV мәтіні емес; кестені «CSV UTF-8» деп сақтаңыз",
                "это не текст CSV; сохраните таблицу как «CSV UTF-8»",
                "this is not CSV text; save the table as “CSV UTF-8”",
            ],
            Reason::BrokenText => [
                "UTF-8 кодтауы бұзылған; файлды «CSV UTF-8» деп қайта сақтаңыз",
                "нарушена кодировка UTF-8; сохраните файл заново как «CSV UTF-8»",
                "the UTF-8 encoding is broken; save the file anew as “CSV UTF-8”",
            ],
            Reason::MissingColumn => [
                "бұл баған міндетті, бірақ тақырыпта жоқ",
                "этот столбец обязателен, но в заголовке его нет",
                "this column is required, but the heading does not have it",
            ],
            Reason::RepeatedColumn => [
                "баған екі рет кездеседі; біреуін алып тастаңыз",
                "столбец встречается дважды; оставьте один",
                "the column comes twice; keep one",
            ],
            Reason::CellTooLong => [
                "ұяшық тым ұзын немесе бірнеше жолға созылған; жабылмаған тырнақшаны тексеріңіз",
                "ячейка слишком длинная или занимает несколько строк; проверьте незакрытую кавычку",
                "the cell is too long or runs over several lines; look for an open quotation mark",
            ],
            Reason::Missing => ["толтырылмаған", "не заполнено", "it is empty"],
            Reason::NotWanted => [
                "бұл кезекте керек емес; ұяшықты босатыңыз",
                "для этой очереди не нужно; очистите ячейку",
                "it has no meaning here; empty the cell",
            ],
            Reason::IinDigits => {
                ["ЖСН тек цифрлардан тұрады", "ИИН состоит только из цифр", "an IIN has nothing but digits"]
            }
            Reason::IinControlDigit => [
                "ЖСН-нің бақылау цифры сәйкес емес; цифрларды құжатпен салыстырыңыз",
                "контрольная цифра ИИН не сходится; сверьте цифры с документом",
                "the control digit of the IIN does not fit; compare the digits with the document",
            ],
            Reason::IinOfBoth => [
                "баланың және ата-ананың ЖСН-і бірдей",
                "у ребёнка и родителя один и тот же ИИН",
                "child and parent have the same IIN",
            ],
            Reason::Date => [
                "күнді 31.12.2018 немесе 2018-12-31 түрінде жазыңыз",
                "напишите дату как 31.12.2018 или 2018-12-31",
                "write the date as 31.12.2018 or 2018-12-31",
            ],
            Reason::DateTime => [
                "күн мен уақытты 31.12.2018 09:30:00 немесе 2018-12-31T09:30:00 түрінде жазыңыз",
                "напишите дату и время как 31.12.2018 09:30:00 или 2018-12-31T09:30:00",
                "write date and time as 31.12.2018 09:30:00 or 2018-12-31T09:30:00",
            ],
            Reason::Phone => [
                "нөмірді +7 701 123 45 67 түрінде жазыңыз",
                "напишите номер как +7 701 123 45 67",
                "write the number as +7 701 123 45 67",
            ],
            Reason::Email => [
                "электрондық пошта name@example.kz түрінде жазылады",
                "адрес пишется как name@example.kz",
                "an address is written as name@example.kz",
            ],
            Reason::Number => [
                "0-ден 10000-ға дейінгі бүтін сан жазыңыз",
                "напишите целое число от 0 до 10000",
                "write a whole number from 0 to 10000",
            ],
            Reason::Ages => [
                "жасты 3 немесе 3-4 түрінде, туған жылды 2018 түрінде жазыңыз",
                "напишите возраст как 3 или 3-4, год рождения как 2018",
                "write an age as 3 or 3-4, a year of birth as 2018",
            ],
            Reason::Zone => [
                "мұндай уақыт белдеуі жоқ; Asia/Almaty сияқты атауды жазыңыз",
                "такого часового пояса нет; напишите название вида Asia/Almaty",
                "there is no such time zone; write a name such as Asia/Almaty",
            ],
            Reason::Confirmations => [
                "бәріне бір «иә» немесе «жоқ», әйтпесе әр жеңілдікке бір-бірден жазыңыз",
                "напишите одно «да» или «нет» на все льготы либо по одному на каждую",
                "write one “yes” or “no” for all benefits or one for each",
            ],
            Reason::DiffersFromService => [
                "жүйеде басқаша тіркелген; алдымен қайсысы дұрыс екенін анықтаңыз",
                "в системе записано иначе; сначала выясните, что верно",
                "the service has it otherwise; find out first which is right",
            ],
            Reason::UnknownSettlement => [
                "жүйеде мұндай елді мекен жоқ; алдымен ұйымдар тізімін енгізіңіз",
                "такого населённого пункта в системе нет; сначала загрузите список организаций",
                "the service has no such settlement; import the list of organisations first",
            ],
            Reason::UnknownOrganisation => [
                "бұл елді мекенде мұндай ұйым жоқ; атауын тексеріңіз немесе алдымен ұйымдар тізімін енгізіңіз",
                "в этом населённом пункте такой организации нет; проверьте название или сначала загрузите список организаций",
                "the settlement has no such organisation; check the name or import the list of organisations first",
            ],
            Reason::UnknownProfile => [
                "ұйымда мұндай бейін жоқ немесе оның түрі басқа",
                "у организации нет такого профиля, или она другого вида",
                "the organisation has no such profile or is of another kind",
            ],
            Reason::BornInFuture => [
                "туған күні әлі келмеген",
                "дата рождения ещё не наступила",
                "the birth date is in the future",
            ],
            Reason::RegisteredInFuture => [
                "тіркелген уақыты әлі келмеген",
                "время регистрации ещё не наступило",
                "the time of registration is in the future",
            ],
            Reason::RegisteredBeforeBirth => [
                "бала туғанға дейін тіркелген болып тұр",
                "регистрация раньше рождения ребёнка",
                "the registration is earlier than the birth",
            ],
            Reason::OtherTime => [
                "бұл бала осы кезекте басқа тіркелу уақытымен тұр; қайсысы дұрыс екенін анықтаңыз",
                "этот ребёнок уже стоит в этой очереди с другим временем регистрации; выясните, какое верно",
                "this child stands in this queue with another time of registration; find out which is right",
            ],
            Reason::OverCapacity => [
                "балалар саны орын санынан көп (R3.30)",
                "детей больше, чем мест (R3.30)",
                "there are more children than places (R3.30)",
            ],
            _ => ["", "", ""],
        }
    }
}

/// What the law says to an application of the file.
fn refused(refusal: Refusal) -> [String; 3] {
    let words = match refusal {
        Refusal::AgeOverLimit => [
            "бала алты жасқа толған, ПМПК қорытындысы жоқ",
            "ребёнку исполнилось шесть лет, заключения ПМПК нет",
            "the child is six and there is no PMPC conclusion",
        ],
        Refusal::QueueNeedsConclusion => [
            "бұл кезекке қорытынды керек; ПМПК бағанына «иә» деп жазыңыз, егер ол бар болса",
            "для этой очереди нужно заключение; если оно есть, напишите «да» в столбце ПМПК",
            "this queue needs a conclusion; write “yes” in the PMPC column if there is one",
        ],
        Refusal::DuplicateApplication => [
            "бала бұл кезекте тұр",
            "ребёнок уже стоит в этой очереди",
            "the child stands in this queue already",
        ],
        Refusal::StillEnrolled => [
            "бала балабақшаға барады; алдымен сол жерден шығарылады",
            "ребёнок ходит в детский сад; сначала его отчисляют",
            "the child goes to a kindergarten and has to leave it first",
        ],
        Refusal::TooManyRegistrations => [
            "бала заңда көзделген реттен көп тіркелген",
            "ребёнка регистрировали больше раз, чем позволяет закон",
            "the child was registered more often than the law allows",
        ],
        Refusal::TooSoon => [
            "жеңілдікпен қабылданғаннан бері бір ай өтпеген",
            "после зачисления по льготе не прошёл месяц",
            "a month has not passed since the enrolment by a benefit",
        ],
        other => {
            let code = other.code();
            return [
                format!("тәртіп рұқсат етпейді ({code})"),
                format!("правила не допускают ({code})"),
                format!("the rules refuse it ({code})"),
            ];
        }
    };
    let clause = refusal.clause().unwrap_or_default();
    words.map(|text| format!("{text} ({clause})"))
}
