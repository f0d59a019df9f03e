//! The headings of the templates in three languages.

use kezek_records::Language;

/// A column of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Settlement.
    Settlement,
    /// Date and time of registration.
    Registered,
    /// The child's IIN.
    ChildIin,
    /// The child's family name.
    ChildSurname,
    /// The child's given name.
    ChildGiven,
    /// The child's patronymic.
    ChildPatronymic,
    /// The child's birth date.
    ChildBorn,
    /// The parent's IIN.
    ParentIin,
    /// The parent's family name.
    ParentSurname,
    /// The parent's given name.
    ParentGiven,
    /// The parent's patronymic.
    ParentPatronymic,
    /// Mobile phone.
    Phone,
    /// Second mobile phone.
    SecondPhone,
    /// E-mail address.
    Email,
    /// Language of messages.
    Messages,
    /// General, special or sanatorium.
    Queue,
    /// The organisation's name.
    Organisation,
    /// Impairment or rehabilitation; of an organisation, all of them.
    Profile,
    /// Grounds of a benefit.
    Benefits,
    /// Whether they were confirmed.
    BenefitsConfirmed,
    /// Whether a conclusion is on file.
    Conclusion,
    /// In the queue or enrolled already.
    Status,
    /// Time zone of the settlement.
    Zone,
    /// General, special or sanatorium organisation.
    Kind,
    /// State or private.
    Ownership,
    /// The group's name.
    Group,
    /// Age or year of birth of the group's children.
    Ages,
    /// Language of teaching.
    Teaching,
    /// Most children.
    Capacity,
    /// Children there already.
    Enrolled,
}

/// Whether a column may be left out of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It may be missing.
    Optional,
}

/// The columns of a queue, in the order of the template.
pub const QUEUE: &[(Column, Need)] = &[
    (Column::Settlement, Need::Required),
    (Column::Registered, Need::Required),
    (Column::ChildIin, Need::Required),
    (Column::ChildSurname, Need::Required),
    (Column::ChildGiven, Need::Required),
    (Column::ChildPatronymic, Need::Optional),
    (Column::ChildBorn, Need::Required),
    (Column::ParentIin, Need::Required),
    (Column::ParentSurname, Need::Required),
    (Column::ParentGiven, Need::Required),
    (Column::ParentPatronymic, Need::Optional),
    (Column::Phone, Need::Required),
    (Column::SecondPhone, Need::Optional),
    (Column::Email, Need::Optional),
    (Column::Messages, Need::Optional),
    (Column::Queue, Need::Optional),
    (Column::Organisation, Need::Optional),
    (Column::Profile, Need::Optional),
    (Column::Benefits, Need::Optional),
    (Column::BenefitsConfirmed, Need::Optional),
    (Column::Conclusion, Need::Optional),
    (Column::Status, Need::Optional),
];

/// The columns of a list of organisations and their groups, in the order of the template.
pub const ORGANISATIONS: &[(Column, Need)] = &[
    (Column::Settlement, Need::Required),
    (Column::Zone, Need::Optional),
    (Column::Organisation, Need::Required),
    (Column::Kind, Need::Optional),
    (Column::Ownership, Need::Required),
    (Column::Profile, Need::Optional),
    (Column::Group, Need::Required),
    (Column::Ages, Need::Required),
    (Column::Teaching, Need::Required),
    (Column::Capacity, Need::Required),
    (Column::Enrolled, Need::Required),
];

impl Column {
    /// The heading in a language.
    pub fn title(self, language: Language) -> &'static str {
        let [kk, ru, en] = self.titles();
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    /// The heading in Kazakh, Russian and English.
    fn titles(self) -> [&'static str; 3] {
        match self {
            Column::Settlement => ["елді мекен", "населённый пункт", "settlement"],
            Column::Registered => {
                ["тіркелген күні мен уақыты", "дата и время регистрации", "date and time of registration"]
            }
            Column::ChildIin => ["баланың ЖСН", "ИИН ребёнка", "child's IIN"],
            Column::ChildSurname => ["баланың тегі", "фамилия ребёнка", "child's surname"],
            Column::ChildGiven => ["баланың аты", "имя ребёнка", "child's name"],
            Column::ChildPatronymic => ["баланың әкесінің аты", "отчество ребёнка", "child's patronymic"],
            Column::ChildBorn => ["баланың туған күні", "дата рождения ребёнка", "child's birth date"],
            Column::ParentIin => ["ата-ананың ЖСН", "ИИН родителя", "parent's IIN"],
            Column::ParentSurname => ["ата-ананың тегі", "фамилия родителя", "parent's surname"],
            Column::ParentGiven => ["ата-ананың аты", "имя родителя", "parent's name"],
            Column::ParentPatronymic => {
                ["ата-ананың әкесінің аты", "отчество родителя", "parent's patronymic"]
            }
            Column::Phone => ["телефон", "телефон", "phone"],
            Column::SecondPhone => ["екінші телефон", "второй телефон", "second phone"],
            Column::Email => ["электрондық пошта", "электронная почта", "e-mail"],
            Column::Messages => ["хабарлама тілі", "язык сообщений", "language of messages"],
            Column::Queue => ["кезек", "очередь", "queue"],
            Column::Organisation => ["ұйым", "организация", "organisation"],
            Column::Profile => ["бейін", "профиль", "profile"],
            Column::Benefits => ["жеңілдіктер", "льготы", "benefits"],
            Column::BenefitsConfirmed => ["жеңілдік расталған", "льгота подтверждена", "benefit confirmed"],
            Column::Conclusion => ["ПМПК қорытындысы", "заключение ПМПК", "PMPC conclusion"],
            Column::Status => ["күйі", "состояние", "state"],
            Column::Zone => ["уақыт белдеуі", "часовой пояс", "time zone"],
            Column::Kind => ["ұйым түрі", "вид организации", "kind of organisation"],
            Column::Ownership => ["меншік нысаны", "форма собственности", "ownership"],
            Column::Group => ["топ", "группа", "group"],
            Column::Ages => ["жасы немесе туған жылы", "возраст или год рождения", "age or year of birth"],
            Column::Teaching => ["оқыту тілі", "язык обучения", "language of teaching"],
            Column::Capacity => ["орын саны", "число мест", "capacity"],
            Column::Enrolled => ["балалар саны", "число детей", "enrolled"],
        }
    }

    /// The column of a template that a heading of a file names.
    pub fn named(heading: &str, template: &[(Column, Need)]) -> Option<Column> {
        let heading = plain(heading);
        let is_meant = |column: &Column| column.titles().iter().any(|title| plain(title) == heading);
        template.iter().map(|(column, _)| *column).find(is_meant)
    }
}

/// A heading or word without what people write differently: capitals, ё, hyphens, apostrophes, spaces, asterisks.
pub fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.map(|letter| if letter == 'ё' { 'е' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_in_each_language_and_are_all_different() {
        for template in [QUEUE, ORGANISATIONS] {
            for (column, _) in template {
                for title in column.titles() {
                    assert_eq!(Column::named(title, template), Some(*column), "{title}");
                    assert_eq!(
                        Column::named(&format!(" {} *", title.to_uppercase()), template),
                        Some(*column)
                    );
                }
            }
        }
        assert_eq!(Column::named("Child’s  IIN", QUEUE), Some(Column::ChildIin));
        assert_eq!(Column::named("дата_рождения_ребенка", QUEUE), Some(Column::ChildBorn));
        assert_eq!(Column::named("capacity", QUEUE), None);
        assert_eq!(Column::named("", QUEUE), None);
    }
}
