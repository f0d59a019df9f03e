//! A witness on the network: `POST <prefix>/add-checkpoint` and `GET <prefix>/<sha256 of the origin>/checkpoint`.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::{sleep, timeout},
};

use crate::{judge::Answer, request::LONGEST, store::StoreError, witness::Witness};

/// How long a request may take to arrive and be answered; an idle connection is closed after the same time.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a stop waits for answers on their way.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// How many connections are served at a time; more wait.
const MOST_CONNECTIONS: usize = 256;
/// What is waited after a connection could not be taken, as when too many files are open.
const BREATH: Duration = Duration::from_millis(100);

/// Why a witness stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The prefix is not a path.
    #[error(
        "the prefix {0} does not begin with a slash, ends with one, or has characters that an address may not have"
    )]
    Prefix(String),
    /// The address cannot be listened on.
    #[error("listening on {address}: {error}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The store cannot be trusted any more.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a witness answers.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    prefix: String,
}

#[derive(Clone)]
struct Desk {
    witness: Arc<Witness>,
    /// Tells the accepting loop why to stop.
    fatal: mpsc::Sender<StoreError>,
}

impl Listening {
    /// Binds the address; port 0 takes any free port. The prefix is empty or like `/witness`.
    pub async fn bind(address: SocketAddr, prefix: &str) -> Result<Self, ServeError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        let fits = prefix.starts_with('/') && !prefix.ends_with('/') && !prefix.contains("//");
        let fits = fits && prefix.chars().all(is_plain);
        if !prefix.is_empty() && !fits {
            return Err(ServeError::Prefix(prefix.to_owned()));
        }
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| ServeError::Listen { address, error })?;
        Ok(Self { listener, prefix: prefix.to_owned() })
    }

    /// The URL to which `/add-checkpoint` is appended.
    pub fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}{}", self.listener.local_addr()?, self.prefix))
    }

    /// Serves until `stop` resolves, or until the store cannot be trusted. Then answers on their way are finished.
    pub async fn serve(self, witness: Witness, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let (fatal, mut failed) = mpsc::channel(1);
        let app = router(&self.prefix, Desk { witness: Arc::new(witness), fatal });
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut stop = pin!(stop);
        let end = loop {
            let (stream, permit) = tokio::select! {
                () = &mut stop => break Ok(()),
                error = failed.recv() => break error.map_or(Ok(()), |error| Err(error.into())),
                taken = next(&self.listener, &room) => taken,
            };
            let connection = graceful.watch(connection(stream, app.clone()));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop(permit);
            });
        };
        // Whoever still reads an answer after the patience loses only that.
        let _ = timeout(STOP_PATIENCE, graceful.shutdown()).await;
        end
    }
}

/// The next connection, as soon as there is room for it.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // Never closed, so there is always a permit to wait for.
    let permit = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(BREATH).await;
            }
        }
    }
}

fn connection(
    stream: TcpStream,
    app: Router,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Answers are small and go out whole.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
}

fn router(prefix: &str, desk: Desk) -> Router {
    let routes = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(middleware::from_fn(in_time))
        .with_state(desk);
    if prefix.is_empty() { routes } else { Router::new().nest(prefix, routes) }
}

async fn in_time(request: Request, next: Next) -> Response {
    let late = (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")], "too slow\n");
    timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| late.into_response())
}

async fn add_checkpoint(State(desk): State<Desk>, body: Bytes) -> Response {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let witness = Arc::clone(&desk.witness);
    let answer = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now)).await;
    match answer {
        Ok(Ok(Answer { status, content_type, body })) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")], body)
                .into_response()
        }
        Ok(Err(error)) => failed(&desk, error),
        Err(error) => {
            tracing::error!(%error, "a request was not answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn checkpoint(State(desk): State<Desk>, Path(origin): Path<String>) -> Response {
    let witness = Arc::clone(&desk.witness);
    let found = tokio::task::spawn_blocking(move || witness.checkpoint(&origin)).await;
    match found {
        Ok(Ok(Some(head))) => {
            let headers =
                [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
            (headers, head.note.to_text()).into_response()
        }
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, "nothing was cosigned for this log\n").into_response(),
        Ok(Err(error)) => failed(&desk, error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Nothing was signed. After an ordinary error the next request may succeed; after another the witness ends.
fn failed(desk: &Desk, error: StoreError) -> Response {
    tracing::error!(%error, "the store");
    if error.is_fatal() {
        // The channel is full or closed only if the witness ends already.
        let _ = desk.fatal.try_send(error);
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the store of this witness fails\n").into_response()
}
