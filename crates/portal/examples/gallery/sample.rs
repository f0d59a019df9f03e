//! Every component with sample words; shared by the gallery and its test. All data are made up.

use askama::Template;
use jiff::civil::{DateTime, date};
use kezek_portal::components::{Cell, Column, Pages, SummaryRow, Table};
use kezek_portal::ctx::{Ctx, DemoClock, Visitor};
use kezek_portal::form::{Choice, Field, Mistake, mistakes};
use kezek_portal::language::Language;

/// The sample words of a language.
pub struct Words {
    title: &'static str,
    lead: &'static str,
    letters: &'static str,
    warning: &'static str,
    done: &'static str,
    state: &'static str,
    why: &'static str,
    kindergarten: &'static str,
    places: &'static str,
    iin: &'static str,
    iin_hint: &'static str,
    iin_error: &'static str,
    name: &'static str,
    password: &'static str,
    birth: &'static str,
    birth_error: &'static str,
    queue: &'static str,
    queues: [&'static str; 3],
    agree: &'static str,
    yes_no: [&'static str; 2],
    benefits: &'static str,
    reason: &'static str,
    paper: &'static str,
    withdraw: &'static str,
    change: &'static str,
}

/// A page with every component.
#[derive(Template)]
#[template(path = "gallery.html")]
pub struct Gallery {
    ctx: Ctx,
    w: Words,
    mistakes: Vec<Mistake>,
    deadline: DateTime,
    rows: Vec<SummaryRow>,
    table: Table,
    pages: Pages,
    iin: Field,
    name: Field,
    password: Field,
    birth: Field,
    day: Field,
    month: Field,
    year: Field,
    queue: Field,
    queues: Vec<Choice>,
    answer: Field,
    answers: Vec<Choice>,
    benefits: Field,
    year_of: Field,
    years: Vec<Choice>,
    reason: Field,
    paper: Field,
}

/// The context of the gallery: somebody signed in, in a demonstration.
pub fn ctx(language: Language) -> Ctx {
    let visitor =
        Visitor {
            label: Some("Айгүл Ү.".to_string()), csrf: "sample".to_string(), ..Visitor::default()
        };
    let demo = Some(DemoClock { now: date(2021, 6, 11).at(17, 55, 0, 0) });
    Ctx { visitor, demo, ..Ctx::sample(language, "/gallery?page=5") }
}

/// The gallery in a language.
pub fn gallery(ctx: Ctx) -> Gallery {
    let w = words(ctx.language);
    let mut iin = Field::with("iin", "19061250");
    iin.refuse(w.iin_error);
    let mut birth = Field::new("birth");
    birth.refuse(w.birth_error);
    let queues = vec![
        Choice::new("general", w.queues[0]).hint(w.lead),
        Choice::new("special", w.queues[1]),
        Choice::new("sanatorium", w.queues[2]),
    ];
    let row = |number: u32, places: u32| {
        vec![
            Cell::link(format!("№ {number} «{}»", w.kindergarten), "#"),
            Cell::new("2019"),
            Cell::new(ctx.number(places)),
        ]
    };
    Gallery {
        mistakes: mistakes(&[&iin, &birth]),
        deadline: date(2021, 6, 16).at(18, 0, 0, 0),
        rows: vec![
            SummaryRow::new(w.name, "Әлихан Үмбетұлы Қоңыр"),
            SummaryRow::new(w.birth, "12.06.2019").action("#iin", w.change),
            SummaryRow::new(w.queue, w.queues[0]).action("#queue", w.change),
        ],
        table: Table {
            caption: w.places.to_string(),
            columns: vec![Column::words(w.kindergarten), Column::words(w.birth), Column::numbers(w.places)],
            rows: vec![row(7, 24), row(41, 6), row(103, 1074)],
        },
        pages: Pages { current: 5, last: 10, href: "?page=".to_string() },
        iin,
        name: Field::with("name", "Әлихан <Үмбетұлы> & \"Қоңыр\""),
        password: Field::with("password", "never shown"),
        birth,
        day: Field::with("birth-day", "31"),
        month: Field::with("birth-month", "2"),
        year: Field::with("birth-year", "2019"),
        queue: Field::with("queue", "general"),
        answer: Field::with("answer", "yes"),
        answers: vec![Choice::new("yes", w.yes_no[0]), Choice::new("no", w.yes_no[1])],
        benefits: Field::with("benefits", "special"),
        queues,
        year_of: Field::with("year", "2018"),
        years: ["2019", "2018", "2017"].map(|year| Choice::new(year, year)).to_vec(),
        reason: Field::with("reason", w.lead),
        paper: Field::new("paper"),
        w,
        ctx,
    }
}

fn words(language: Language) -> Words {
    match language {
        Language::Kk => Words {
            title: "Кезектегі орныңыз — 1 204",
            lead: "Сізге орын таңдау құқығы берілді. Мерзімі біткенше өзіңізге қолайлы балабақшаны таңдаңыз.",
            letters: "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі — қазақ тілінің төл дыбыстарының әріптері.",
            warning: "Таңдамасаңыз, өтінішіңіз стоп-параққа ауыстырылады.",
            done: "Тілектер тізімі сақталды.",
            state: "Кезекте",
            why: "Нөмірім неге өзгерді?",
            kindergarten: "Балабақша",
            places: "Бос орындар",
            iin: "Баланың ЖСН-і",
            iin_hint: "Туу туралы куәлікте жазылған 12 сан",
            iin_error: "ЖСН-ді толық жазыңыз: 12 сан болуы керек",
            name: "Баланың аты-жөні",
            password: "Құпиясөз",
            birth: "Туған күні",
            birth_error: "Бұл айда мұндай күн жоқ: күнін тексеріңіз",
            queue: "Қандай кезекке тұрасыз?",
            queues: ["Жалпы кезек", "Арнайы балабақшалар кезегі", "Санаторийлік балабақшалар кезегі"],
            agree: "Бауырлары бір балабақшаға бара ма?",
            yes_no: ["Иә", "Жоқ"],
            benefits: "Қандай жеңілдіктер бар?",
            reason: "Себебі",
            paper: "Құжатты тіркеу",
            withdraw: "Өтінішті кері қайтару",
            change: "Өзгерту",
        },
        Language::Ru => Words {
            title: "Ваше место в очереди — 1 204",
            lead: "Вам предоставлено право выбора места. Выберите подходящий детский сад, пока не истёк срок.",
            letters: "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі — буквы казахского языка в именах и названиях.",
            warning: "Если не выбрать, заявление перейдёт в стоп-лист.",
            done: "Список пожеланий сохранён.",
            state: "В очереди",
            why: "Почему мой номер изменился?",
            kindergarten: "Детский сад",
            places: "Свободные места",
            iin: "ИИН ребёнка",
            iin_hint: "12 цифр из свидетельства о рождении",
            iin_error: "Введите ИИН полностью: в нём 12 цифр",
            name: "Имя и фамилия ребёнка",
            password: "Пароль",
            birth: "Дата рождения",
            birth_error: "В этом месяце нет такого дня: проверьте дату",
            queue: "В какую очередь вы встаёте?",
            queues: [
                "Общая очередь",
                "Очередь в специальные детские сады",
                "Очередь в санаторные детские сады",
            ],
            agree: "Брат или сестра ходит в тот же детский сад?",
            yes_no: ["Да", "Нет"],
            benefits: "Какие есть льготы?",
            reason: "Причина",
            paper: "Приложить документ",
            withdraw: "Отозвать заявление",
            change: "Изменить",
        },
        Language::En => Words {
            title: "Your place in the queue is 1,204",
            lead: "You may choose a place. Choose the kindergarten that suits you before the time runs out.",
            letters: "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі are the letters of Kazakh in names.",
            warning: "If you do not choose, the application moves to the stop-list.",
            done: "The wish list is saved.",
            state: "In the queue",
            why: "Why did my number change?",
            kindergarten: "Kindergarten",
            places: "Free places",
            iin: "The child's IIN",
            iin_hint: "12 digits, written in the birth certificate",
            iin_error: "Enter the whole IIN: it has 12 digits",
            name: "Name of the child",
            password: "Password",
            birth: "Date of birth",
            birth_error: "This month has no such day: check the date",
            queue: "Which queue do you join?",
            queues: [
                "General queue",
                "Queue for special kindergartens",
                "Queue for sanatorium kindergartens",
            ],
            agree: "Does a brother or sister go to the same kindergarten?",
            yes_no: ["Yes", "No"],
            benefits: "Which benefits do you have?",
            reason: "Reason",
            paper: "Attach a paper",
            withdraw: "Withdraw the application",
            change: "Change",
        },
    }
}
