//! The public registries as files: checkpoints, tiles, bundles. Anybody may copy and check them; they are no pages, and
//! stand beside the layers that look at who asks.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kezek_node::disclosure::Log;
use kezek_registry::Tile;
use kezek_registry::tile::CHECKPOINT;

use crate::app::AppState;
use crate::rights::Action;
use crate::routes::Routes;

const PREFIX: &str = "/registry/";
/// What a file that never changes may be kept for: a week.
const FOR_LONG: &str = "max-age=604800, immutable";

/// What stands above the operator's own keys.
const OWN_WORD: &str = "\
# The keys of these registries, as their operator gives them. Whoever checks the operator should have them from\n\
# somebody else: an auditor, a newspaper, an earlier copy.\n";

/// The addresses of the files.
pub fn routes() -> Routes {
    Routes::default().page(Action::SeePublic, Method::GET, "/registry/policy", serve_policy).page(
        Action::SeePublic,
        Method::GET,
        "/registry/{log}/{*file}",
        serve,
    )
}

/// The operator's own policy (C2SP tlog-policy): the keys of the three logs. Empty where none are published.
pub fn policy(app: &AppState) -> String {
    let Some(registry) = app.node().registry() else { return String::new() };
    let logs: String = registry.public_keys().iter().map(|key| format!("log {key}\n")).collect();
    format!("{OWN_WORD}{logs}quorum none\n")
}

async fn serve_policy(State(app): State<AppState>) -> Response {
    let text = policy(&app);
    if text.is_empty() {
        return missing();
    }
    let fixed: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (fixed, text).into_response()
}

async fn serve(State(app): State<AppState>, request: Request) -> Response {
    let uri = request.uri();
    let wanted = if uri.query().is_none() { wanted(uri.path()) } else { None };
    let (Some((log, file)), Some(registry)) = (wanted, app.node().registry()) else { return missing() };
    let dir = registry.public_dir(log);
    let path = file.to_owned();
    let read = tokio::task::spawn_blocking(move || dir.read(&path)).await;
    let Ok(Ok(bytes)) = read else { return missing() };
    let (kind, keep) = match file {
        CHECKPOINT => ("text/plain; charset=utf-8", "no-cache"),
        _ => ("application/octet-stream", FOR_LONG),
    };
    let fixed: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (fixed, bytes).into_response()
}

/// Which file of which log: exactly as it is written in a log's directory, and nothing else.
fn wanted(path: &str) -> Option<(Log, &str)> {
    let (log, file) = path.strip_prefix(PREFIX)?.split_once('/')?;
    let is_file = file == CHECKPOINT || Tile::parse(file).is_some();
    Log::named(log).filter(|_| is_file).map(|log| (log, file))
}

fn missing() -> Response {
    let headers = [(header::CACHE_CONTROL, "no-cache"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (StatusCode::NOT_FOUND, headers, "There is no such file in this registry.\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_log_are_served() {
        let good = [
            ("/registry/applications/checkpoint", "checkpoint"),
            ("/registry/referrals/tile/0/x001/234", "tile/0/x001/234"),
            ("/registry/bulletins/tile/entries/000.p/17", "tile/entries/000.p/17"),
        ];
        for (path, file) in good {
            assert_eq!(wanted(path).map(|(_, file)| file), Some(file), "{path}");
        }
        for path in [
            "/registry/applications/",
            "/registry/applications/checkpoint/",
            "/registry/other/checkpoint",
            "/registry/applications/../applications/checkpoint",
            "/registry/applications/private/signed",
            "/registry/applications/tile/0/0",
            "/registry/applications/tile/64/000",
            "/registry/applications/tile/0/000.p/256",
            "/registry/applications/tile/0/%30%30%30",
            "/registry/applications/tile/entries/000.p/017",
            "/registry//checkpoint",
        ] {
            assert_eq!(wanted(path), None, "{path}");
        }
    }
}
