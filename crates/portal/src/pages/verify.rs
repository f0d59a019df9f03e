//! The page that checks a receipt in the browser. It is one file that needs nothing else: the same bytes are shown and
//! handed out to keep, and work without the network and without this service.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State as Has;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64ct::{Base64, Encoding};
use kezek_rules::benefit::Benefit;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::app::AppState;
use crate::assets;
use crate::ctx::{self, Ctx};
use crate::error_page::{PageError, Problem};
use crate::language::Language;
use crate::registry;
use crate::texts::{Texts, text_id};

/// The name of the file to keep.
const FILE: &str = "kezek-verify.html";

/// Script and style, and the policy that lets a browser run these and nothing else: no address is ever asked.
struct Parts {
    script: String,
    style: String,
    policy: String,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| {
    let (script, style) = (assets::text("verify.js"), assets::text("verify.css"));
    let hash = |text: &str| Base64::encode_string(&Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    Parts { script, style, policy }
});

/// The words of the page, with the names of what is put into them.
const WORDS: [(&str, &[&str]); 42] = [
    (text_id("site-name"), &[]),
    (text_id("footer-law"), &[]),
    (text_id("verify-title"), &[]),
    (text_id("verify-lead"), &[]),
    (text_id("verify-no-script"), &[]),
    (text_id("verify-file"), &[]),
    (text_id("verify-file-hint"), &[]),
    (text_id("verify-paste"), &[]),
    (text_id("verify-check"), &[]),
    (text_id("verify-save"), &[]),
    (text_id("verify-save-why"), &[]),
    (text_id("verify-keys"), &[]),
    (text_id("verify-keys-why"), &[]),
    (text_id("verify-keys-label"), &[]),
    (text_id("verify-yes"), &[]),
    (text_id("verify-no"), &[]),
    (text_id("verify-no-do"), &[]),
    (text_id("verify-registered"), &["number", "when"]),
    (text_id("verify-referral"), &["referral", "number", "when"]),
    (text_id("verify-entry"), &["seq", "when"]),
    (text_id("verify-place"), &["index", "size", "origin"]),
    (text_id("verify-witnessed"), &["names", "when"]),
    (text_id("verify-unwitnessed"), &[]),
    (text_id("verify-opened"), &[]),
    (text_id("verify-open"), &[]),
    (text_id("verify-closed"), &[]),
    (text_id("verify-born"), &[]),
    (text_id("verify-benefits"), &[]),
    (text_id("verify-none"), &[]),
    (text_id("verify-how"), &[]),
    (text_id("verify-class"), &[]),
    (text_id("verify-until"), &[]),
    (text_id("verify-raw"), &[]),
    (text_id("verify-why-form"), &[]),
    (text_id("verify-why-policy"), &[]),
    (text_id("verify-why-log"), &[]),
    (text_id("verify-why-unsigned"), &[]),
    (text_id("verify-why-signature"), &[]),
    (text_id("verify-why-quorum"), &[]),
    (text_id("verify-why-inclusion"), &[]),
    (text_id("verify-why-entry"), &[]),
    (text_id("verify-why-opening"), &[]),
];

/// Terms of the law that a receipt may name.
const TERMS: [&str; 7] = [
    text_id("how-claim"),
    text_id("how-wish"),
    text_id("how-push"),
    text_id("how-family"),
    text_id("class-extraordinary"),
    text_id("class-priority"),
    text_id("class-general"),
];

#[derive(Template)]
#[template(path = "verify.html")]
struct Page {
    ctx: Ctx,
    file: String,
    keys: String,
    words: String,
    parts: &'static Parts,
}

/// `GET /verify`: in the browser's language. What follows a `#` goes along.
pub async fn choose_language(headers: HeaderMap) -> Redirect {
    Redirect::to(&format!("/{}/verify", ctx::accepted(&headers).code()))
}

/// `GET /{language}/verify`
pub async fn show(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let policy = HeaderValue::from_str(&format!("{}; frame-ancestors 'none'", PARTS.policy));
    let policy = policy.map_err(|_| Problem::Internal)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(page(&app, ctx)?)).into_response())
}

/// `GET /{language}/verify/kezek-verify.html`: the same page to keep.
pub async fn file(Has(app): Has<AppState>, ctx: Ctx) -> Result<Response, PageError> {
    let name: (HeaderName, String) =
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{FILE}\""));
    Ok(([name], Html(page(&app, ctx)?)).into_response())
}

fn page(app: &AppState, ctx: Ctx) -> Result<String, PageError> {
    let file = ctx.link(&format!("/verify/{FILE}"));
    let page = Page { ctx, file, keys: registry::policy(app), words: words(), parts: &PARTS };
    page.render().map_err(|_| Problem::Internal.into())
}

/// The words in all languages as JSON that may stand in a page.
fn words() -> String {
    let all = Language::ALL.map(|language| (language.code().to_string(), words_in(language)));
    Value::Object(all.into_iter().collect()).to_string().replace('<', "\\u003c")
}

fn words_in(language: Language) -> Value {
    let texts = Texts::of(language);
    let mut all = Map::new();
    for (id, names) in WORDS {
        let holes: Vec<(&str, _)> = names.iter().map(|name| (*name, format!("{{{name}}}").into())).collect();
        all.insert(id.to_string(), texts.t_with(id, &holes).into());
    }
    let benefits = Benefit::ALL.map(|benefit| format!("benefit-{}", benefit.code().replace('_', "-")));
    for id in TERMS.map(str::to_string).into_iter().chain(benefits) {
        let text = texts.t(&id);
        all.insert(id, text.into());
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::MISSING;

    #[test]
    fn the_words_are_complete_and_safe_in_a_page() {
        let words = words();
        assert!(!words.contains(MISSING) && !words.contains('<'), "{words}");
        let read: Value = serde_json::from_str(&words).unwrap();
        for language in ["kk", "ru", "en"] {
            assert!(read[language]["verify-registered"].as_str().unwrap().contains("{number}"));
            assert!(read[language]["benefit-large-family"].is_string());
        }
    }

    #[test]
    fn the_script_can_stand_in_a_page_and_asks_nobody() {
        assert!(PARTS.script.len() > 10_000 && PARTS.style.len() > 1_000);
        for word in ["</script", "<!--", "fetch(", "XMLHttpRequest", "sendBeacon", "WebSocket", "import("] {
            assert!(!PARTS.script.contains(word), "{word}");
        }
        assert!(!PARTS.policy.contains("unsafe") && !PARTS.policy.contains("connect-src"));
    }
}
