//! What each person of the cast is good for, in Kazakh, Russian and English.

/// Kazakh, Russian, English.
pub type About = [&'static str; 3];

pub const IN_FRONT_WITH_WISHES: About = [
    "ертең терезе ашылады, қалау тізімі берілген",
    "завтра откроется окно, список желаний подан",
    "a window opens tomorrow, a wish list is lodged",
];
pub const IN_FRONT_WITHOUT_WISHES: About = [
    "ертең терезе ашылады, қалау тізімі жоқ",
    "завтра откроется окно, списка желаний нет",
    "a window opens tomorrow, no wish list",
];
pub const NEXT_THOUSAND: About = [
    "терезе алмайды, келесі мыңның ішінде",
    "окна не получит, но входит в следующую тысячу",
    "gets no window but is among the next thousand",
];
pub const PRIORITY: About = [
    "бірінші кезекте орын алу құқығы расталған",
    "право на первоочередное место подтверждено",
    "the right to a priority place is confirmed",
];
pub const PENDING: About = [
    "жеңілдік мәлімделген, түпнұсқалар күтілуде",
    "заявлена льгота, ждут оригиналы документов",
    "claims a benefit, originals are awaited",
];
pub const TWINS: About = ["егіздер", "двойня", "twins"];
pub const SIBLINGS: About = [
    "әр жылы туған екі бала, екеуіне де терезе ашылады",
    "двое детей разных лет, оба получат окно",
    "two children of different years, both get a window",
];
pub const REFERRAL: About = [
    "жолдамасы бар, құжат тапсыруы керек",
    "есть направление, пора нести документы",
    "holds a referral, papers are due",
];
pub const WINDOW: About = [
    "терезесі ашық, әлі таңдамаған",
    "окно открыто, место ещё не выбрано",
    "a window is open, no place chosen yet",
];
pub const STOP_LIST: About = [
    "тоқтату парағында, себебі мен мерзімі көрінеді",
    "в стоп-листе, видно почему и до когда",
    "on the stop-list, with reason and end",
];
pub const SPECIAL: About = [
    "арнайы және жалпы кезекте қатар тұр",
    "стоит в специальной и общей очереди",
    "waits in a special and in the general queue",
];
pub const SPECIAL_REFERRAL: About = [
    "арнайы балабақшаға жолдама берілген",
    "выдано направление в специальный детский сад",
    "has a referral to a special kindergarten",
];
pub const SANATORIUM: About = [
    "санаторийлік балабақша кезегінде",
    "в очереди санаторного детского сада",
    "waits for a sanatorium kindergarten",
];
pub const FAR_BEHIND: About = ["кезектің соңына жақын", "в конце очереди", "near the end of the queue"];
pub const AGE_LIMIT: About = [
    "бала 1 қыркүйекте алты жасқа толған болады, өтініш мұрағатқа кетеді",
    "к 1 сентября ребёнку будет шесть, заявление уйдёт в архив",
    "the child will be six on 1 September, the application goes to the archive",
];
pub const NEWCOMER: About = [
    "әлі өтініш бермеген, нәрестесі бар",
    "ещё не подавал заявления, есть младенец",
    "has a newborn and has not applied yet",
];
pub const CLERK: About = [
    "қызмет беруші: құжаттар, жеңілдіктер, тоқтату парағы, ережелер",
    "услугодатель: документы, льготы, стоп-лист, правила",
    "the provider: papers, benefits, stop-list, rules",
];
pub const STATE_HEAD: About =
    ["мемлекеттік балабақша", "государственный детский сад", "a state kindergarten"];
pub const PRIVATE_HEAD: About = ["жекеменшік балабақша", "частный детский сад", "a private kindergarten"];
pub const SPECIAL_HEAD: About = ["арнайы балабақша", "специальный детский сад", "a special kindergarten"];
pub const SANATORIUM_HEAD: About =
    ["санаторийлік балабақша", "санаторный детский сад", "a sanatorium kindergarten"];
pub const AKIMAT: About =
    ["әкімдік: бақылау және актілер", "акимат: контроль и акты", "the akimat: oversight and acts"];
pub const STATE_CORPORATION: About = [
    "Мемлекеттік корпорация: отбасы үшін өтініш береді",
    "Госкорпорация: подаёт заявление за семью",
    "the State Corporation: applies for a family",
];
pub const AUDITOR: About = [
    "аудитор: көреді, өзгертпейді",
    "аудитор: смотрит и ничего не меняет",
    "an auditor: sees and changes nothing",
];
pub const ADMINISTRATOR: About =
    ["жүйе әкімшісі", "администратор системы", "the administrator of the installation"];
