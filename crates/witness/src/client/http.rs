//! One connection to a witness: HTTP/1.1, kept open, without encryption.
//!
//! Nothing secret travels, and what comes back counts only if the witness's key signed it.

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Uri,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header,
    http::{self, uri::Scheme},
};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

/// The longest answer that is read, in bytes.
pub const LONGEST_ANSWER: usize = 64 * 1024;

/// Why an address of a witness is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the address {0} of a witness is not of the form http://HOST[:PORT][/PREFIX]; for https put a local proxy before it"
)]
pub struct AddressError(pub String);

/// Why a witness did not answer.
#[derive(Debug, Error)]
pub enum HttpError {
    #[error("not reached: {0}")]
    Connect(std::io::Error),
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    #[error("its answer is longer than {LONGEST_ANSWER} bytes, or breaks off")]
    Body,
    #[error("the request cannot be written: {0}")]
    Request(#[from] http::Error),
}

/// Where a witness is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As the Host header has it.
    authority: String,
    host: String,
    port: u16,
    prefix: String,
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let refused = || AddressError(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| refused())?;
        let authority = uri.authority().ok_or_else(refused)?;
        let is_plain = uri.scheme() == Some(&Scheme::HTTP) && uri.query().is_none();
        if !is_plain || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refused());
        }
        Ok(Self {
            authority: authority.to_string(),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// What a witness answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub body: Bytes,
}

#[derive(Debug)]
pub struct Line {
    address: Address,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Line {
    pub fn new(address: Address) -> Self {
        Self { address, open: None }
    }

    pub async fn post(&mut self, path: &str, body: Vec<u8>) -> Result<Reply, HttpError> {
        self.send(Method::POST, path, body.into()).await
    }

    pub async fn get(&mut self, path: &str) -> Result<Reply, HttpError> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// A connection that was kept open may have been closed meanwhile; then a new one is tried once. Whoever gives
    /// up waiting leaves no connection behind.
    async fn send(&mut self, method: Method, path: &str, body: Bytes) -> Result<Reply, HttpError> {
        if let Some(mut kept) = self.open.take()
            && kept.ready().await.is_ok()
            && let Ok(reply) = self.exchange(&mut kept, &method, path, body.clone()).await
        {
            self.open = Some(kept);
            return Ok(reply);
        }
        let mut fresh = self.connect().await?;
        let reply = self.exchange(&mut fresh, &method, path, body).await?;
        self.open = Some(fresh);
        Ok(reply)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, HttpError> {
        let Address { host, port, .. } = &self.address;
        let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(HttpError::Connect)?;
        // A request goes out whole.
        let _ = stream.set_nodelay(true);
        let (sender, connection) =
            http1::Builder::new().max_buf_size(LONGEST_ANSWER).handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what goes wrong on it is told to whoever sends.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn exchange(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        method: &Method,
        path: &str,
        body: Bytes,
    ) -> Result<Reply, HttpError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address.prefix))
            .header(header::HOST, &self.address.authority)
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Full::new(body))?;
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
        Ok(Reply { status, content_type, body: body.map_err(|_| HttpError::Body)?.to_bytes() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let address = Address::parse("http://witness.example:8091/w1/").unwrap();
        assert_eq!(
            (address.host.as_str(), address.port, address.prefix.as_str()),
            ("witness.example", 8091, "/w1")
        );
        assert_eq!(Address::parse("http://witness.example").unwrap().port, 80);
        assert_eq!(Address::parse("http://[::1]:80").unwrap().host, "::1");
        for wrong in
            ["", "witness.example:80", "https://witness.example", "http://", "http://a@b", "http://a?b", "/w"]
        {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
