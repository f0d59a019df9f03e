//! A small city on a virtual clock with one person of each role, and a browser without a window. All made up.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use kezek_calendar::{Date, Iin, Instant, Zone};
use kezek_node::{
    ClockChoice, Config, Intake, NewAccount, Node, Outcome, PrivateChanges, RegistryConfig, Storage,
};
use kezek_portal::{AppState, Demo, DemoPerson, Settings};
use kezek_records::{Contacts, Keys, Language as Spoken, Person, Phone, Role, Strength, hash_password};
use kezek_rules::Command;
use kezek_rules::command::{AddOrganisation, ModeTerms, OpenSettlement, Publish, SetGroup};
use kezek_rules::ids::{GroupId, OrganisationId, SettlementId};
use kezek_rules::place::{Cohort, GroupKind, Language, OrganisationKind, Ownership, Regime};
use kezek_rules::profile::Profile;
use tempfile::TempDir;
use tower::ServiceExt;

const KEYS: &str =
    "index=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,1=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// Noon of a Tuesday in Almaty, which was at +06 then.
pub const START: &str = "2021-06-01T06:00:00Z";
pub const PASSWORD: &str = "жеті бұлақ 7";

pub struct World {
    pub app: Router,
    pub node: Node,
    /// Accounts: two parents, the provider, the kindergartens K1 and S1, an auditor.
    pub aigul: u64,
    pub marat: u64,
    pub provider: u64,
    pub garden: u64,
    pub special: u64,
    pub auditor: u64,
    _directory: TempDir,
}

/// A birth date and the made-up IIN for it.
pub fn iin(born: Date, serial: u16) -> String {
    let digit = if born.year() < 2000 { 4 } else { 6 };
    (serial..serial + 100)
        .find_map(|serial| Iin::from_birth(born, digit, serial))
        .unwrap()
        .as_str()
        .to_string()
}

pub fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap()
}

pub async fn accept(node: &Node, command: Command) {
    let intake = Intake { actor: "provider:1".into(), command, key: None, private: PrivateChanges::none() };
    match node.submit(intake).await.unwrap() {
        Outcome::Accepted(_) => {}
        refused => panic!("{refused:?}"),
    }
}

impl World {
    pub async fn open() -> Self {
        Self::open_in(Storage::Folder).await
    }

    pub async fn open_in(storage: Storage) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { storage, ..config(directory.path()) };
        Self::open_as(directory, config).await
    }

    /// With public registers, or without.
    pub async fn open_with(registry: Option<RegistryConfig>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { registry, ..config(directory.path()) };
        Self::open_as(directory, config).await
    }

    async fn open_as(directory: TempDir, config: Config) -> Self {
        let node = Node::open(config).await.unwrap();
        for command in city() {
            accept(&node, command).await;
        }
        let make = |serial, role, given: &'static str, garden| account(&node, serial, role, given, garden);
        let aigul = make(1, Role::Parent, "Айгүл", None).await;
        let marat = make(101, Role::Parent, "Марат", None).await;
        let provider = make(201, Role::Provider, "Сәуле", None).await;
        let garden = make(301, Role::Kindergarten, "Дина", Some(0)).await;
        let special = make(401, Role::Kindergarten, "Жанар", Some(2)).await;
        let auditor = make(501, Role::Auditor, "Ерлан", None).await;
        let app = portal(&node, aigul, provider);
        Self { app, node, aigul, marat, provider, garden, special, auditor, _directory: directory }
    }

    /// The same world after the process has ended and started anew.
    pub async fn restarted(self) -> Self {
        self.node.close().await;
        let node = Node::open(config(self._directory.path())).await.unwrap();
        Self { app: portal(&node, self.aigul, self.provider), node, ..self }
    }

    /// Moves the clock to a local moment of Almaty.
    pub async fn at(&self, local: &str) {
        self.node.set_clock(Instant::parse(&format!("{local}+06:00")).unwrap()).await.unwrap();
    }

    /// A browser that nobody is signed in with.
    pub fn visitor(&self) -> Browser {
        Browser { app: self.app.clone(), cookie: String::new(), csrf: String::new() }
    }

    /// A browser with a session of this account.
    pub async fn browser(&self, account: u64) -> Browser {
        let (session, token) = self.token(account).await;
        Browser { app: self.app.clone(), cookie: format!("kezek={token}"), csrf: session }
    }

    /// A form token and a session token of this account.
    pub async fn token(&self, account: u64) -> (String, String) {
        let found = self.node.people().account(account).await.unwrap().unwrap();
        let (session, token) = self.node.people().sign_in(found.record, 3_600_000_000).await.unwrap();
        (session.csrf_token, token.as_str().to_string())
    }

    /// Publishes places of K1's first group (born 2018) and waits for the morning.
    pub async fn offer(&self, count: u32) {
        accept(&self.node, publish(GroupId(0), count)).await;
    }
}

pub fn config(directory: &std::path::Path) -> Config {
    let clock = ClockChoice::Virtual(Instant::parse(START).unwrap());
    Config::new(directory, clock, Keys::parse(KEYS).unwrap())
}

fn portal(node: &Node, aigul: u64, provider: u64) -> Router {
    let person =
        |account, role| DemoPerson {
            account, role, name: "Ойдан Алынған".into(), about: Default::default()
        };
    let people = vec![person(aigul, Role::Parent), person(provider, Role::Provider)];
    let settings = Settings { https: false, demo: Some(Demo { people }) };
    kezek_portal::app(AppState::new(node.clone(), settings))
}

fn city() -> Vec<Command> {
    let organisation = |name: &str, kind, ownership, profiles: &[&str]| {
        Command::AddOrganisation(AddOrganisation {
            settlement: SettlementId(0),
            name: name.into(),
            kind,
            ownership,
            languages: vec![Language::Kk, Language::Ru],
            profiles: profiles.iter().map(|one| (*one).to_string()).collect(),
        })
    };
    let group = |organisation, name: &str| {
        Command::SetGroup(SetGroup {
            group: None,
            organisation: OrganisationId(organisation),
            name: name.into(),
            cohort: Cohort::Born(2018),
            language: Language::Kk,
            capacity: 10,
            enrolled: 2,
        })
    };
    vec![
        Command::OpenSettlement(OpenSettlement {
            name: "Ақбұлақ".into(),
            zone: Zone::named("Asia/Almaty").unwrap(),
            profile: Profile::default(),
        }),
        organisation("№ 7 «Балапан»", OrganisationKind::General, Ownership::State, &[]),
        organisation("«Күншуақ»", OrganisationKind::General, Ownership::Private, &[]),
        organisation("№ 41 «Үміт»", OrganisationKind::Special, Ownership::State, &["есту"]),
        organisation("«Шипа»", OrganisationKind::Sanatorium, Ownership::State, &["өкпе"]),
        group(0, "Ботақан"),
        group(1, "Құлыншақ"),
        group(2, "Қарлығаш"),
    ]
}

pub fn publish(group: GroupId, count: u32) -> Command {
    Command::Publish(Publish {
        group,
        cohort: Cohort::Born(2018),
        kind: GroupKind::General,
        profile: None,
        language: Language::Kk,
        regime: Regime::FullDay,
        mode: ModeTerms::General,
        count,
        enrol_from: None,
    })
}

async fn account(node: &Node, serial: u16, role: Role, given: &str, kindergarten: Option<u64>) -> u64 {
    let born = day(1990, 5, 5);
    let new = NewAccount {
        person: Person {
            iin: Iin::parse(&iin(born, serial)).unwrap(),
            surname: "Үмбетова".into(),
            given: given.into(),
            patronymic: None,
            birth_date: Some(born),
        },
        contacts: Contacts {
            phone: Some(Phone::parse(&format!("+7701000{serial:04}")).unwrap()),
            second_phone: None,
            email: None,
            language: Spoken::Kk,
        },
        roles: vec![role],
        password_hash: hash_password(PASSWORD, Strength::DemonstrationOnly).unwrap(),
        kindergarten,
        settlement: Some(0),
    };
    node.people().create_account(new).await.unwrap()
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
    pub headers: axum::http::HeaderMap,
}

impl Answer {
    /// The page as a person reads it, without its marks.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for c in self.text.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside => words.push(c),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn has(&self, text: &str) -> &Self {
        assert!(self.words().contains(text), "`{text}` is not in {}: {}", self.status, self.words());
        self
    }

    pub fn has_not(&self, text: &str) -> &Self {
        assert!(!self.words().contains(text), "`{text}` is in {}", self.words());
        self
    }

    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location, self.words());
        self
    }

    /// The value of a hidden field that stands in the form sent to an address which ends so.
    pub fn hidden(&self, action: &str, name: &str) -> String {
        let form = self
            .text
            .split("<form ")
            .skip(1)
            .find(|form| form.split('>').next().is_some_and(|tag| tag.contains(&format!("{action}\""))))
            .unwrap_or_else(|| panic!("no form to {action} in {}", self.words()));
        let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1);
        field
            .unwrap_or_else(|| panic!("no {name} in the form to {action}"))
            .split('"')
            .next()
            .unwrap()
            .to_string()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }
}

/// A browser: it keeps its cookie and sends the form token.
#[derive(Clone)]
pub struct Browser {
    pub app: Router,
    pub cookie: String,
    pub csrf: String,
}

/// A file to send: field, name, type, content.
pub type File<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

impl Browser {
    pub async fn get(&self, address: &str) -> Answer {
        self.ask(Request::get(address).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form with the token and a new key.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let key = kezek_records::random_id().unwrap().to_string();
        self.post_as(address, &key, fields).await
    }

    /// Sends a form with the token and this key.
    pub async fn post_as(&self, address: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", self.csrf.as_str()), ("key", key)];
        all.extend_from_slice(fields);
        self.post_raw(address, &all).await
    }

    /// Sends just these fields.
    pub async fn post_raw(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(address)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.ask(request).await
    }

    /// Sends a form with files.
    pub async fn post_files(&self, address: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Answer {
        let key = kezek_records::random_id().unwrap().to_string();
        let mut body: Vec<u8> = Vec::new();
        let own = [("csrf", self.csrf.as_str()), ("key", key.as_str())];
        for (name, value) in own.iter().chain(fields) {
            let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (field, name, kind, content) in files {
            let head = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--cut--\r\n");
        let request = Request::post(address)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
            .body(Body::from(body))
            .unwrap();
        self.ask(request).await
    }

    /// A call of the API by a program.
    pub async fn call(&self, method: Method, address: &str, key: &str, body: serde_json::Value) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = self.cookie.strip_prefix("kezek=") {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.ask(request.body(body).unwrap()).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let headers = response.headers().clone();
        let location = headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_string();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, text: String::from_utf8_lossy(&bytes).into_owned(), headers }
    }
}
