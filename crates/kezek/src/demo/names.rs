//! Names to make people up from. Any likeness is chance.

use fastrand::Rng;

/// Which names a family uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    Kazakh,
    Russian,
}

/// Boy or girl, man or woman.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    pub fn drawn(rng: &mut Rng) -> Self {
        if rng.bool() { Sex::Male } else { Sex::Female }
    }
}

const KAZAKH_MEN: &[&str] = &[
    "Айбек",
    "Алдияр",
    "Алишер",
    "Арман",
    "Арыстан",
    "Асқар",
    "Ахмет",
    "Бауыржан",
    "Бекзат",
    "Болат",
    "Дамир",
    "Дархан",
    "Дәулет",
    "Ерасыл",
    "Ербол",
    "Ерлан",
    "Еркебұлан",
    "Жандос",
    "Жасұлан",
    "Қайрат",
    "Қанат",
    "Мадияр",
    "Марат",
    "Мейіржан",
    "Мирас",
    "Нұрлан",
    "Олжас",
    "Рүстем",
    "Самат",
    "Санжар",
    "Серік",
    "Талғат",
    "Темірлан",
    "Шыңғыс",
];
const KAZAKH_WOMEN: &[&str] = &[
    "Айару",
    "Айгерім",
    "Айдана",
    "Айша",
    "Ақбота",
    "Алия",
    "Арайлым",
    "Аружан",
    "Әсел",
    "Ботагөз",
    "Гүлназ",
    "Гүлнұр",
    "Дана",
    "Дариға",
    "Дильназ",
    "Еркежан",
    "Жанар",
    "Жансая",
    "Зарина",
    "Інжу",
    "Камила",
    "Қарлығаш",
    "Ләззат",
    "Мадина",
    "Меруерт",
    "Назерке",
    "Нұрай",
    "Раушан",
    "Салтанат",
    "Сәуле",
    "Томирис",
    "Ұлпан",
    "Шолпан",
];
const KAZAKH_SURNAMES: &[&str] = &[
    "Ақтауов",
    "Алатаев",
    "Арқабаев",
    "Балқашев",
    "Бекежанов",
    "Бөленов",
    "Бұлақбаев",
    "Далабеков",
    "Есілбаев",
    "Жайықов",
    "Жетісуов",
    "Жолболов",
    "Жусанов",
    "Көктемов",
    "Көлбаев",
    "Күнтуғанов",
    "Қайыңбаев",
    "Қырманов",
    "Мұзтауов",
    "Орманбеков",
    "Өзенов",
    "Самалов",
    "Сарыарқаев",
    "Таңатаров",
    "Тасқынов",
    "Теректиев",
    "Тұлпаров",
    "Шалқаров",
    "Шыңдалиев",
];
const RUSSIAN_MEN: &[&str] = &[
    "Александр",
    "Алексей",
    "Андрей",
    "Артём",
    "Виктор",
    "Денис",
    "Дмитрий",
    "Евгений",
    "Иван",
    "Илья",
    "Кирилл",
    "Максим",
    "Михаил",
    "Никита",
    "Павел",
    "Роман",
    "Сергей",
    "Тимофей",
];
const RUSSIAN_FATHERS: &[(&str, &str)] = &[
    ("Александрович", "Александровна"),
    ("Алексеевич", "Алексеевна"),
    ("Андреевич", "Андреевна"),
    ("Викторович", "Викторовна"),
    ("Дмитриевич", "Дмитриевна"),
    ("Евгеньевич", "Евгеньевна"),
    ("Иванович", "Ивановна"),
    ("Максимович", "Максимовна"),
    ("Михайлович", "Михайловна"),
    ("Павлович", "Павловна"),
    ("Романович", "Романовна"),
    ("Сергеевич", "Сергеевна"),
];
const RUSSIAN_WOMEN: &[&str] = &[
    "Алина",
    "Анастасия",
    "Анна",
    "Варвара",
    "Виктория",
    "Дарья",
    "Екатерина",
    "Елена",
    "Ирина",
    "Ксения",
    "Мария",
    "Наталья",
    "Ольга",
    "Полина",
    "Светлана",
    "София",
    "Татьяна",
    "Юлия",
];
const RUSSIAN_SURNAMES: &[&str] = &[
    "Берёзов",
    "Боров",
    "Вербин",
    "Ветров",
    "Дубравин",
    "Дождев",
    "Зорин",
    "Камышев",
    "Колосов",
    "Кленов",
    "Лугов",
    "Озеров",
    "Полынин",
    "Ручьёв",
    "Рябинин",
    "Снежин",
    "Степнов",
    "Туманов",
    "Холмов",
    "Черёмухин",
];
const STREETS: &[&str] = &[
    "Бұлақ көшесі",
    "Жайлау көшесі",
    "Қарлығаш көшесі",
    "Самал көшесі",
    "Тұлпар көшесі",
    "Шағала көшесі",
    "Наурыз көшесі",
    "Бәйшешек көшесі",
    "Жусан көшесі",
    "Қызғалдақ көшесі",
];

/// A family name in a man's form.
pub fn surname(tongue: Tongue, rng: &mut Rng) -> &'static str {
    match tongue {
        Tongue::Kazakh => any(KAZAKH_SURNAMES, rng),
        Tongue::Russian => any(RUSSIAN_SURNAMES, rng),
    }
}

/// A family name in the form of one who bears it.
pub fn surname_of(surname: &str, sex: Sex) -> String {
    match sex {
        Sex::Male => surname.to_owned(),
        Sex::Female => format!("{surname}а"),
    }
}

/// A given name.
pub fn given(tongue: Tongue, sex: Sex, rng: &mut Rng) -> &'static str {
    match (tongue, sex) {
        (Tongue::Kazakh, Sex::Male) => any(KAZAKH_MEN, rng),
        (Tongue::Kazakh, Sex::Female) => any(KAZAKH_WOMEN, rng),
        (Tongue::Russian, Sex::Male) => any(RUSSIAN_MEN, rng),
        (Tongue::Russian, Sex::Female) => any(RUSSIAN_WOMEN, rng),
    }
}

/// A father's name as his son and his daughter bear it.
#[derive(Clone, Debug)]
pub struct Father {
    son: String,
    daughter: String,
}

impl Father {
    pub fn drawn(tongue: Tongue, rng: &mut Rng) -> Self {
        match tongue {
            Tongue::Kazakh => Father::kazakh(any(KAZAKH_MEN, rng)),
            Tongue::Russian => {
                let (son, daughter) = any(RUSSIAN_FATHERS, rng);
                Father { son: son.to_owned(), daughter: daughter.to_owned() }
            }
        }
    }

    pub fn kazakh(name: &str) -> Self {
        Father { son: format!("{name}ұлы"), daughter: format!("{name}қызы") }
    }

    /// The patronymic of a son or daughter.
    pub fn patronymic(&self, sex: Sex) -> String {
        match sex {
            Sex::Male => self.son.clone(),
            Sex::Female => self.daughter.clone(),
        }
    }
}

/// A made-up address.
pub fn address(rng: &mut Rng) -> String {
    format!("{}, {}-үй, {}-пәтер", any(STREETS, rng), rng.u32(1..90), rng.u32(1..120))
}

/// One of a list.
pub fn any<T: Copy>(list: &'static [T], rng: &mut Rng) -> T {
    // Every list of this file has something in it.
    list[rng.usize(..list.len())]
}
