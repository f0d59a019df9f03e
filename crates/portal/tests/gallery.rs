//! Every component in every language: no text is missing, ids are unique, everything pointed at is there.

#![allow(clippy::unwrap_used)] // helpers of tests may fail the test

#[path = "../examples/gallery/sample.rs"]
mod sample;

use std::collections::BTreeSet;

use askama::Template;
use kezek_portal::language::Language;
use kezek_portal::texts::MISSING;

/// The values of an attribute, in their order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn pages() -> Vec<(Language, String)> {
    let page = |language| (language, sample::gallery(sample::ctx(language)).render().unwrap());
    Language::ALL.map(page).to_vec()
}

#[test]
fn no_text_is_missing() {
    for (language, html) in pages() {
        assert!(!html.contains(MISSING), "{language:?}");
        assert!(!html.contains("{$") && !html.contains("{ $"), "{language:?}: a variable is not filled in");
        assert!(html.contains(&format!("<html lang=\"{}\"", language.code())));
    }
}

#[test]
fn ids_are_unique_and_everything_pointed_at_exists() {
    for (language, html) in pages() {
        let ids = values(&html, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{language:?}: an id stands twice in {ids:?}");
        let mut pointed: Vec<&str> = values(&html, "for");
        for attribute in ["aria-describedby", "aria-labelledby"] {
            pointed.extend(values(&html, attribute).iter().flat_map(|list| list.split(' ')));
        }
        pointed.extend(values(&html, "href").iter().filter_map(|href| href.strip_prefix('#')));
        for target in pointed {
            assert!(
                target.is_empty() || unique.contains(target),
                "{language:?}: nothing has the id `{target}`"
            );
        }
        let labels: BTreeSet<&str> = values(&html, "for").into_iter().collect();
        for tag in ["<input", "<select", "<textarea"] {
            for field in html.split(tag).skip(1).filter_map(|rest| rest.split('>').next()) {
                let labelled = values(field, "id").iter().all(|id| labels.contains(id));
                assert!(labelled, "{language:?}: no label for {tag}{field}>");
                assert!(
                    field.contains("type=\"hidden\"") || field.contains(" id="),
                    "{tag}{field}> has no id"
                );
            }
        }
    }
}

#[test]
fn what_was_typed_is_kept_and_escaped() {
    for (_, html) in pages() {
        assert!(html.contains("value=\"19061250\""));
        assert!(html.contains("value=\"Әлихан &#60;Үмбетұлы&#62; &#38; &#34;Қоңыр&#34;\""));
        assert!(!html.contains("never shown"), "a password never comes back");
        assert_eq!(html.matches(" checked").count(), 3);
        assert_eq!(html.matches(" selected").count(), 1);
    }
}

#[test]
fn the_language_switch_keeps_the_page() {
    for (_, html) in pages() {
        for language in Language::ALL {
            assert!(html.contains(&format!("/{}/gallery?page=5", language.code())));
        }
    }
}

#[test]
fn no_component_needs_a_script() {
    for (_, html) in pages() {
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains(" onclick"));
        assert!(!html.contains(" style="), "the content policy refuses inline styles");
    }
}
