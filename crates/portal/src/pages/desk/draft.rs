//! An act of an official: what it will do is shown first, and what was shown is what is done.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kezek_node::{Accepted, PrivateChanges};
use kezek_rules::{Command, Refusal, State};

use super::effect::Effect;
use crate::act::ActError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Button, CONFIRMS, Doc, Form};
use crate::error_page::PageError;
use crate::form::Mistake;
use crate::page::page_with;
use crate::posted::Posted;
use crate::refused;
use crate::who::Who;

/// What a page shows of an act that is not done yet.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// What it would do.
    pub effect: Option<Effect>,
    /// Why it cannot be done.
    pub refusal: Option<Refusal>,
    /// Whether the effect is another than the one that was shown before.
    pub changed: bool,
}

/// What became of a form with an act.
pub enum Turn {
    /// It was done.
    Done(Box<Accepted>),
    /// It is to be shown.
    Show(Look),
}

impl Look {
    /// The effect of commands now.
    pub fn of(ctx: &Ctx, app: &AppState, commands: &[Command]) -> Self {
        let at = app.now();
        match app.read(|state| Effect::of(ctx, state, commands, at)) {
            Ok(effect) => Self { effect: Some(effect), ..Self::default() },
            Err(refusal) => Self { refusal: Some(refusal), ..Self::default() },
        }
    }

    /// How it stands on a page.
    pub fn blocks(&self, ctx: &Ctx) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.changed {
            blocks.push(Block::Warning(ctx.t("desk-effect-changed")));
        }
        if let Some(refusal) = self.refusal {
            let text = format!("{} {}", refused::happened(ctx, refusal), refused::what_to_do(ctx, refusal));
            blocks.push(Block::Errors(vec![Mistake { href: "#main-content".to_string(), text }]));
            blocks.extend(refused::law(ctx, refusal).map(Block::Inset));
        }
        if let Some(effect) = &self.effect {
            blocks.extend(effect.blocks(ctx));
        }
        blocks
    }

    /// A form whose button does what is shown.
    #[must_use]
    pub fn sealing(&self, form: Form) -> Form {
        match &self.effect {
            Some(effect) => form.send("step", CONFIRMS).send("seen", effect.mark.clone()),
            None => form,
        }
    }

    /// The answer with a page that shows it.
    pub fn answer(&self, doc: &Doc) -> Response {
        let status = match self.refusal {
            Some(refusal) => refused::status(refusal),
            None if self.changed => StatusCode::CONFLICT,
            None => StatusCode::OK,
        };
        page_with(status, doc)
    }
}

/// Does what a form asks for, if it is the second step and the effect is the one that was shown.
pub async fn turn(
    app: &AppState,
    ctx: &Ctx,
    who: &Who,
    posted: &Posted,
    command: Command,
    private: PrivateChanges,
) -> Result<Turn, PageError> {
    let mut look = Look::of(ctx, app, std::slice::from_ref(&command));
    if posted.value("step") != CONFIRMS {
        return Ok(Turn::Show(look));
    }
    let once = posted.once();
    let is_as_shown = look.effect.as_ref().is_some_and(|effect| effect.mark == posted.value("seen"));
    // A form sent twice gets the answer of the first time, however the state has moved since.
    let told = |error: ActError| error.page(ctx, &once.key);
    if !is_as_shown && !app.was_sent(who, &once).await.map_err(told)? {
        look.changed = look.effect.is_some();
        return Ok(Turn::Show(look));
    }
    match app.act_with(who, &once, command, private).await {
        Ok(accepted) => Ok(Turn::Done(Box::new(accepted))),
        Err(ActError::Refused(refusal)) => Ok(Turn::Show(Look { refusal: Some(refusal), ..Look::default() })),
        Err(error) => Err(error.page(ctx, &once.key)),
    }
}

/// An act with nothing to type: a page that shows its effect and a button.
pub struct Act {
    /// The page's title.
    pub title: String,
    /// Sentences about it.
    pub lead: Vec<String>,
    /// What it is.
    pub command: Command,
    /// The address of its page, without language.
    pub path: String,
    /// Where the way back leads, and the answer when it is done.
    pub back: String,
    /// The words of its button.
    pub button: String,
    /// The code of what is told when it is done.
    pub done: &'static str,
    /// Private rows that change with it.
    pub private: PrivateChanges,
}

impl Act {
    /// The page before it is done.
    pub fn show(&self, ctx: &Ctx, app: &AppState) -> Response {
        self.page(ctx, &Look::of(ctx, app, std::slice::from_ref(&self.command)))
    }

    /// Does it, or shows why not.
    pub async fn submit(
        self,
        app: &AppState,
        ctx: &Ctx,
        who: &Who,
        posted: &Posted,
    ) -> Result<Response, PageError> {
        let turned = turn(app, ctx, who, posted, self.command.clone(), self.private.clone()).await?;
        Ok(match turned {
            Turn::Done(_) => done(ctx, &self.back, self.done),
            Turn::Show(look) => self.page(ctx, &look),
        })
    }

    /// A button that does it at once, from a page that says what it does. None when it cannot be done now.
    pub fn direct(
        ctx: &Ctx,
        state: &State,
        now: kezek_calendar::Instant,
        command: &Command,
    ) -> Option<Effect> {
        Effect::of(ctx, state, std::slice::from_ref(command), now).ok()
    }

    fn page(&self, ctx: &Ctx, look: &Look) -> Response {
        let mut doc = Doc::new(ctx, self.title.clone()).back(&self.back);
        doc = doc.and(self.lead.iter().cloned().map(Block::Text)).and(look.blocks(ctx));
        if look.effect.is_some() {
            let form = look.sealing(Form::to(ctx, &self.path, self.button.clone()));
            doc = doc.with(Block::Form(form));
        }
        look.answer(&doc)
    }
}

/// A button that carries out an effect shown beside it.
pub fn button(ctx: &Ctx, path: &str, text: String, effect: &Effect) -> Button {
    Button::to(ctx, path, text).send("step", CONFIRMS).send("seen", effect.mark.clone())
}

/// Back to a page that tells what was done.
pub fn done(ctx: &Ctx, path: &str, code: &str) -> Response {
    let sign = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{}{sign}done={code}", ctx.link(path))).into_response()
}
