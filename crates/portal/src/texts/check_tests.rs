use super::check::check;

fn problems(kk: &str, ru: &str, page: &str) -> Vec<String> {
    let language =
        |name: &str, text: &str| (name.to_string(), vec![(format!("{name}.ftl"), text.to_string())]);
    check(&[language("kk", kk), language("ru", ru)], &[("page.html".to_string(), page.to_string())])
}

#[test]
fn complete_texts_pass() {
    let kk = "title = Кезек\ncount = { $n } орын\n";
    let ru = "title = Очередь\ncount = { $n ->\n    [one] { $n } место\n   *[other] { $n } мест\n }\n";
    let page =
        r#"{{ ctx.t("title") }} {{ ctx.t_with("count", [("n", places.len().into())]) }} text_id("count")"#;
    assert_eq!(problems(kk, ru, page), Vec::<String>::new());
}

#[test]
fn a_text_missing_in_one_language_fails() {
    assert_eq!(problems("a = А\nb = Б\n", "a = А\n", ""), ["texts/ru: the text `b` is missing"]);
}

#[test]
fn different_variables_fail() {
    let found = problems("a = { $x } бар\n", "a = { $y } есть\n", "");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("has the variables"), "{found:?}");
}

#[test]
fn an_unknown_id_fails_in_templates_and_code() {
    for page in ["{{ ctx.t(\"b\") }}", "texts.t(\n    \"b\")", "text_id(\"b\")", "ctx.t_with(\"b\", [])"] {
        assert_eq!(
            problems("a = А\n", "a = А\n", page),
            ["page.html: the text `b` does not exist"],
            "{page}"
        );
    }
    assert!(problems("a = А\n", "a = А\n", "insert(\"b\") format(\"c\")").is_empty());
}

#[test]
fn variables_not_handed_over_fail() {
    let found =
        problems("a = { $x } бар\n", "a = { $x } есть\n", r#"ctx.t("a") ctx.t_with("a", [("y", x.into())])"#);
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn an_ending_glued_to_a_variable_fails() {
    let found = problems("a = { $x }-ға дейін\n", "a = до { $x }\n", "");
    assert_eq!(found, ["kk.ftl: `a` glues an ending to a variable; rephrase it"]);
}

#[test]
fn broken_and_doubled_texts_fail() {
    assert!(!problems("a = { $x\n", "a = { $x }\n", "").is_empty());
    assert_eq!(problems("a = А\na = Б\n", "a = А\n", ""), ["kk.ftl: the text `a` stands twice"]);
}
