//! Whatever a scenario file gets wrong is a failure that names it, never skipped.

use kezek_rules::scenario::run;

const HEAD: &str = r#"title = "t"
clauses = ["254/13"]
[settlement]
name = "Sample city"
timezone = "Asia/Almaty"
[[organisation]]
id = "K1"
kind = "general"
ownership = "state"
languages = ["kk"]
"#;
const SUBMIT: &str = r#"[[step]]
at = "2021-03-01T09:00:00"
do = "submit"
application = "A"
child = "a"
parent = "p"
born = "2018-01-04"
"#;

/// What the only failure says; nothing when there is none.
fn says(text: &str) -> String {
    run(text).failures.into_iter().next().map(|failure| failure.message).unwrap_or_default()
}

fn after_submit(step: &str) -> String {
    format!("{HEAD}{SUBMIT}{step}")
}

fn check(check: &str) -> String {
    after_submit(&format!("[[step]]\nat = \"2021-03-01T10:00:00\"\ncheck.{check}\n"))
}

#[test]
fn what_is_right_passes() {
    assert_eq!(says(&check("state = { A = \"queued\" }")), "");
}

#[test]
fn unknown_words_are_named() {
    let later = |step: &str| after_submit(&format!("[[step]]\nat = \"2021-03-01T10:00:00\"\n{step}\n"));
    for (text, named) in [
        (format!("bogus = 1\n{HEAD}"), "bogus"),
        (format!("{HEAD}bogus = 1\n"), "bogus"),
        (after_submit("bogus = 1\n"), "bogus"),
        (after_submit("benefit = [\"king\"]\n"), "king"),
        (after_submit("expect = \"nope\"\n"), "nope"),
        (after_submit("pmpc = \"yes\"\n"), "boolean"),
        (after_submit("queue = \"special\"\norganisation = \"K1\"\n"), "profile"),
        (after_submit("organisation = \"K1\"\n"), "organisation"),
        (later("do = \"frobnicate\""), "frobnicate"),
        (later("do = \"wish\"\napplication = \"A\"\nchoices = [\"K1:xx\"]"), "xx"),
        (later("do = \"refuse_enrolment\"\napplication = \"A\"\ncause = \"bogus\""), "bogus"),
        (check("bogus = 1"), "bogus"),
        (check("state = { A = \"floating\" }"), "floating"),
        (check("reason = { A = \"floating\" }"), "floating"),
        (check("why = { A = [\"floating\"] }"), "floating"),
        (check("notices = { A = [\"floating\"] }"), "floating"),
        (HEAD.replace("Almaty", "Nowhere"), "Nowhere"),
        (HEAD.replace("[[org", "[settlement.profile]\nbogus_days = 3\n[[org"), "bogus_days"),
    ] {
        assert!(says(&text).contains(named), "{named} is not named in {:?}", says(&text));
    }
}

#[test]
fn unknown_labels_are_named() {
    for text in [
        check("position = { ZZ = 1 }"),
        check("windows = [\"ZZ\"]"),
        check("can_claim = { A = [\"ZZ\"] }"),
        check("free = { ZZ = 1 }"),
        check("order = { queue = \"ZZ/2018\", head = [] }"),
        check("order = { queue = \"general/2018\", head = [\"ZZ\"] }"),
        check("bulletin = { date = \"2021-03-01\", published = { ZZ = 1 } }"),
        check("enrolled = { A = \"ZZ\" }"),
    ] {
        assert!(says(&text).contains("ZZ"), "{text}");
    }
}

#[test]
fn steps_are_whole_and_in_order_of_time() {
    let step = |rest: &str| after_submit(&format!("[[step]]\nat = \"2021-03-01T10:00:00\"\n{rest}"));
    assert!(says(&step("")).contains("check"));
    assert!(says(&step("check = {}\n")).contains("check"));
    assert!(says(&after_submit("check.position = { A = 1 }\n")).contains("either"));
    let earlier = after_submit("[[step]]\nat = \"2021-02-01T10:00:00\"\ncheck.position = { A = 1 }\n");
    assert!(says(&earlier).contains("order of time"));
}

#[test]
fn an_order_is_an_exact_prefix_and_an_empty_bulletin_is_empty() {
    assert!(says(&check("order = { queue = \"general/2018\", head = [\"A\", \"A\"] }")).contains("order of"));
    let publish = "[[step]]\nat = \"2021-03-01T10:00:00\"\ndo = \"publish\"\nvacancy = \"V\"\norganisation = \"K1\"\n\
        birth_year = 2018\nlanguage = \"kk\"\ncount = 1\n";
    let bulletin = "[[step]]\nat = \"2021-03-01T18:00:00\"\ncheck.bulletin = { date = \"2021-03-01\", published = {} }\n";
    assert_eq!(says(&format!("{HEAD}{bulletin}")), "");
    assert!(says(&format!("{HEAD}{publish}{bulletin}")).contains("published"));
}

#[test]
fn a_refused_application_has_a_state_and_a_notice() {
    let text = after_submit(
        "iin = \"123\"\nexpect = \"iin_invalid\"\n[[step]]\nat = \"2021-03-01T10:00:00\"\n\
         check.state = { A = \"refused\" }\ncheck.notices = { A = [\"refused\"] }\n",
    );
    assert_eq!(says(&text), "");
}
