//! A page made of parts. One template shows them all, so pages look and behave alike.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::components::{Pages, SummaryRow, Table};
use crate::ctx::Ctx;
use crate::form::{Choice, Field, Mistake};
use crate::page::{page, page_with};
use crate::qr::Qr;

/// A page.
#[derive(Clone, Debug, Template)]
#[template(path = "doc.html")]
pub struct Doc {
    /// Language, address, visitor.
    pub ctx: Ctx,
    /// The heading.
    pub title: String,
    /// Where the way back leads; may be empty.
    pub back: String,
    /// What stands on it, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading below the title.
    Heading(String),
    /// The first sentence: what the state is, until when, what now.
    Lead(String),
    /// A paragraph.
    Text(String),
    /// A paragraph set off.
    Inset(String),
    /// What to be careful about.
    Warning(String),
    /// What has just been done.
    Done(String),
    /// What is to be mended.
    Errors(Vec<Mistake>),
    /// Keys and values.
    Rows(Vec<SummaryRow>),
    /// A table.
    Table(Table),
    /// Which page of a long table.
    Pages(Pages),
    /// Sentences.
    List(Vec<String>),
    /// Links.
    Links(Vec<Link>),
    /// Things with buttons.
    Cards(Vec<Card>),
    /// Buttons.
    Buttons(Vec<Button>),
    /// Sentences behind a question.
    Details(String, Vec<String>),
    /// A form.
    Form(Form),
    /// A link that is the main thing to do here.
    Go(Link),
    /// A file to keep: the link that is the main thing to do here.
    Keep(Link),
    /// A picture for the camera of a phone.
    Qr(Qr),
}

/// A link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub text: String,
}

/// A thing with what can be done about it.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// Its name.
    pub title: String,
    /// Where its name leads; may be empty.
    pub href: String,
    /// A short word on its state and a colour; both may be empty.
    pub tag: (String, String),
    /// Sentences about it.
    pub lines: Vec<String>,
    /// What can be done.
    pub buttons: Vec<Button>,
}

/// A form of one button.
#[derive(Clone, Debug, Default)]
pub struct Button {
    /// Its words.
    pub text: String,
    /// What a person hears besides: whom or what it is about.
    pub about: String,
    /// Where it sends.
    pub action: String,
    /// What it sends.
    pub hidden: Vec<(String, String)>,
    /// "", "secondary" or "warning".
    pub kind: &'static str,
}

/// The step of a form that does what the page shows.
pub const CONFIRMS: &str = "do";
/// A form with more questions than this has its button above them too.
const SHORT: usize = 2;

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it sends.
    pub action: String,
    /// Asks only: it is sent by GET and carries no token.
    pub asks: bool,
    /// Whether files may come along.
    pub files: bool,
    /// What it sends besides what is typed.
    pub hidden: Vec<(String, String)>,
    /// Its questions.
    pub inputs: Vec<Input>,
    /// Its buttons: words, name, value, kind.
    pub buttons: Vec<(String, &'static str, String, &'static str)>,
}

/// A question of a form.
#[derive(Clone, Debug)]
pub enum Input {
    /// A heading within the form.
    Section(String),
    /// A sentence within the form.
    Text(String),
    /// A line: field, words, hint, and how it is typed.
    Line(Field, String, String, Typed),
    /// Several lines.
    Area(Field, String, String),
    /// One of a list.
    Select(Field, String, Vec<Choice>, String),
    /// One of a few.
    Radios(Field, String, Vec<Choice>, String),
    /// Any of a few.
    Checkboxes(Field, String, Vec<Choice>, String),
    /// A date: the field with the mistake, its three boxes, words, hint.
    Date(Box<[Field; 4]>, String, String),
    /// A scanned paper.
    File(Field, String, String),
    /// A table as CSV.
    Csv(Field, String, String),
}

/// How a line is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The input's type.
    pub kind: &'static str,
    /// Which keyboard.
    pub inputmode: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// How wide.
    pub width: &'static str,
}

impl Typed {
    /// Words.
    pub const WORDS: Self = Self { kind: "text", inputmode: "", autocomplete: "", width: "" };
    /// A number of a few digits.
    pub const DIGITS: Self = Self { kind: "text", inputmode: "numeric", autocomplete: "", width: "5" };
    /// An IIN.
    pub const IIN: Self = Self { kind: "text", inputmode: "numeric", autocomplete: "off", width: "20" };
    /// A phone number.
    pub const PHONE: Self = Self { kind: "tel", inputmode: "tel", autocomplete: "tel", width: "20" };
    /// A day.
    pub const DAY: Self = Self { kind: "date", inputmode: "", autocomplete: "", width: "10" };
}

impl Doc {
    /// An empty page.
    pub fn new(ctx: &Ctx, title: impl Into<String>) -> Self {
        Self { ctx: ctx.clone(), title: title.into(), back: String::new(), blocks: Vec::new() }
    }

    /// The way back, an address without its language.
    #[must_use]
    pub fn back(self, path: &str) -> Self {
        Self { back: self.ctx.link(path), ..self }
    }

    /// One more part.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// More parts.
    #[must_use]
    pub fn and(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    /// What the address says was just done (`?done=claimed`), in front of the rest.
    #[must_use]
    pub fn done(mut self) -> Self {
        if let Some(code) = self.ctx.query("done") {
            let id = format!("done-{code}");
            if self.ctx.texts().has(&id) {
                self.blocks.insert(0, Block::Done(self.ctx.t(&id)));
            }
        }
        self
    }

    /// The answer.
    pub fn answer(&self) -> Response {
        page(self)
    }

    /// The answer to a form with mistakes.
    pub fn unprocessable(&self) -> Response {
        page_with(StatusCode::UNPROCESSABLE_ENTITY, self)
    }
}

impl Link {
    /// A link to a page of this language.
    pub fn to(ctx: &Ctx, path: &str, text: impl Into<String>) -> Self {
        Self { href: ctx.link(path), text: text.into() }
    }
}

impl Button {
    /// A button that sends to a page of this language.
    pub fn to(ctx: &Ctx, path: &str, text: impl Into<String>) -> Self {
        Self { action: ctx.link(path), text: text.into(), ..Self::default() }
    }

    /// With a value to send.
    #[must_use]
    pub fn send(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_string(), value.into()));
        self
    }

    /// In another look.
    #[must_use]
    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// With what it is about, for who hears the page.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }
}

impl Form {
    /// A form that changes something.
    pub fn to(ctx: &Ctx, path: &str, button: impl Into<String>) -> Self {
        let buttons = vec![(button.into(), "", String::new(), "")];
        Self { action: ctx.link(path), buttons, ..Self::default() }
    }

    /// A form that asks.
    pub fn ask(ctx: &Ctx, path: &str, button: impl Into<String>) -> Self {
        Self { asks: true, ..Self::to(ctx, path, button) }
    }

    /// With a question.
    #[must_use]
    pub fn with(mut self, input: Input) -> Self {
        self.inputs.push(input);
        self
    }

    /// With a value to send.
    #[must_use]
    pub fn send(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_string(), value.into()));
        self
    }

    /// Whether its button stands above the questions as well: right below what it will do.
    pub fn is_confirmed_above(&self) -> bool {
        self.inputs.len() > SHORT
            && self.hidden.iter().any(|(name, value)| name == "step" && value == CONFIRMS)
    }
}
