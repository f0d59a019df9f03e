//! `kezek account`: the accounts of staff.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kezek_calendar::Iin;
use kezek_node::{NewAccount, Node, PeopleError};
use kezek_records::{Contacts, Language, Person, Phone, Role, Strength, hash_password};
use kezek_rules::ids::{OrganisationId, SettlementId};

use crate::serve::Clock;
use crate::service::{self, Keyring};

/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_LETTERS: usize = 16;
/// Whoever sets a service up signs in with this number: its control digit holds, and it is nobody's.
const SET_UP_IIN: &str = "000000000000";

/// What `kezek account` does.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Examples:
  kezek account add --iin 850505300017 --surname Бұлақов --name Дамир --role provider --settlement Самал
  kezek account add --iin 880902400775 --surname Тасқынова --name Гүлнар --role kindergarten \\
        --settlement Самал --kindergarten '№ 1 «Балапан»'
  kezek account password --iin 850505300017

Both print a new one-time password. Parents make their accounts themselves when they apply.")]
pub enum Command {
    /// Give a person of the staff an account and print its password.
    Add(Add),
    /// Give an account a new password, print it, and end the account's sessions.
    Password {
        /// Whose.
        #[arg(long, value_parser = iin)]
        iin: Iin,
        #[command(flatten)]
        place: Place,
    },
}

/// See [`Command::Add`].
#[derive(clap::Args)]
pub struct Add {
    /// The person's IIN, with which to sign in.
    #[arg(long, value_parser = iin)]
    iin: Iin,
    /// Family name.
    #[arg(long)]
    surname: String,
    /// Given name.
    #[arg(long)]
    name: String,
    /// Patronymic.
    #[arg(long)]
    patronymic: Option<String>,
    /// Mobile phone.
    #[arg(long, value_parser = Phone::parse)]
    phone: Option<Phone>,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// What the person may be.
    #[arg(long, value_enum)]
    role: StaffRole,
    /// The settlement, by name, that an official acts in.
    #[arg(long)]
    settlement: Option<String>,
    /// The kindergarten, by name, that an official acts for.
    #[arg(long, requires = "settlement", required_if_eq("role", "kindergarten"))]
    kindergarten: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Which service.
#[derive(clap::Args)]
pub struct Place {
    /// The service's data directory.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    #[command(flatten)]
    clock: Clock,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum StaffRole {
    Provider,
    Kindergarten,
    Akimat,
    StateCorporation,
    Auditor,
    Administrator,
}

impl StaffRole {
    fn role(self) -> Role {
        match self {
            StaffRole::Provider => Role::Provider,
            StaffRole::Kindergarten => Role::Kindergarten,
            StaffRole::Akimat => Role::Akimat,
            StaffRole::StateCorporation => Role::StateCorporation,
            StaffRole::Auditor => Role::Auditor,
            StaffRole::Administrator => Role::Administrator,
        }
    }
}

fn iin(text: &str) -> Result<Iin, String> {
    Iin::parse(text).map_err(|error| error.to_string())
}

pub fn run(command: Command) -> Result<ExitCode> {
    service::block_on(async move {
        match command {
            Command::Add(add) => add_account(add).await,
            Command::Password { iin, place } => new_password(iin, place).await,
        }
    })
}

async fn add_account(add: Add) -> Result<ExitCode> {
    let node = open(&add.place).await?;
    let result = add_to(&node, add).await;
    node.close().await;
    result?;
    Ok(ExitCode::SUCCESS)
}

async fn add_to(node: &Node, add: Add) -> Result<()> {
    let settlement = add.settlement.as_deref().map(|name| settlement(node, name)).transpose()?;
    let kindergarten = match (settlement, add.kindergarten.as_deref()) {
        (Some(settlement), Some(name)) => Some(kindergarten(node, settlement, name)?),
        _ => None,
    };
    let person = Person {
        iin: add.iin,
        surname: add.surname,
        given: add.name,
        patronymic: add.patronymic,
        birth_date: None,
    };
    let contacts =
        Contacts { phone: add.phone, second_phone: None, email: add.email, language: Language::default() };
    let password = password()?;
    let new = NewAccount {
        person,
        contacts,
        roles: vec![add.role.role()],
        password_hash: hash_password(&password, Strength::Full)?,
        kindergarten: kindergarten.map(|id| u64::from(id.0)),
        settlement: settlement.map(|id| u64::from(id.0)),
    };
    match node.people().create_account(new).await {
        Ok(_) => {}
        Err(PeopleError::AccountExists) => {
            bail!("this person has an account already; `kezek account password` gives it a new password")
        }
        Err(error) => return Err(error.into()),
    }
    println!("The account is made. Its password: {password}");
    Ok(())
}

async fn new_password(iin: Iin, place: Place) -> Result<ExitCode> {
    let node = open(&place).await?;
    let result = set_password(&node, iin).await;
    node.close().await;
    result?;
    Ok(ExitCode::SUCCESS)
}

async fn set_password(node: &Node, iin: Iin) -> Result<()> {
    let found = node.people().account_by_iin(&iin).await?;
    let mut account =
        found.context("nobody with this IIN has an account; `kezek account add` makes one")?.record;
    let password = password()?;
    account.password_hash = hash_password(&password, Strength::Full)?;
    account.note_success();
    node.people().keep_account(&account).await?;
    node.people().sign_out_everywhere(account.person).await?;
    println!("The new password: {password}");
    Ok(())
}

/// The first account of a service: an administrator, who fills it, acts as provider while it has one settlement, and
/// makes the other accounts at the command line.
pub async fn set_up(node: &Node) -> Result<()> {
    let password = password()?;
    let person = Person {
        iin: Iin::parse(SET_UP_IIN)?,
        surname: "Әкімші".into(),
        given: "Бірінші".into(),
        patronymic: None,
        birth_date: None,
    };
    let contacts = Contacts { phone: None, second_phone: None, email: None, language: Language::default() };
    let new = NewAccount {
        person,
        contacts,
        roles: vec![Role::Administrator, Role::Provider],
        password_hash: hash_password(&password, Strength::Full)?,
        kindergarten: None,
        settlement: None,
    };
    node.people().create_account(new).await?;
    eprintln!("Nobody has an account yet. The first one, for setting the service up:");
    eprintln!("  IIN {SET_UP_IIN}   password {password}");
    eprintln!("The password is shown once. Make accounts for people with `kezek account add`.");
    Ok(())
}

async fn open(place: &Place) -> Result<Node> {
    if service::is_empty(&place.data) {
        bail!("there is no service in {}; start one with `kezek serve`", place.data.display());
    }
    service::open(&place.data, place.clock.choice(), Keyring::Environment).await
}

fn settlement(node: &Node, name: &str) -> Result<SettlementId> {
    let find =
        |state: &kezek_rules::State| state.settlements().find(|(_, one)| one.name == name).map(|(id, _)| id);
    node.read(find).with_context(|| format!("there is no settlement called {name}; import it first"))
}

fn kindergarten(node: &Node, settlement: SettlementId, name: &str) -> Result<OrganisationId> {
    node.read(|state| {
        let mut all = state.organisations();
        all.find(|(_, one)| one.settlement == settlement && one.name == name).map(|(id, _)| id)
    })
    .with_context(|| format!("the settlement has no kindergarten called {name}; import it first"))
}

/// Four groups of four letters, drawn by the system.
fn password() -> Result<String> {
    let mut letters = String::with_capacity(PASSWORD_LETTERS + 3);
    let mut drawn = 0;
    while drawn < PASSWORD_LETTERS {
        for byte in kezek_records::random_id()?.to_le_bytes() {
            // Bytes past the last whole alphabet would make some letters likelier.
            let whole = 256 / ALPHABET.len() * ALPHABET.len();
            let letter =
                (usize::from(byte) < whole).then(|| ALPHABET.get(usize::from(byte) % ALPHABET.len()));
            if let Some(letter) = letter.flatten().filter(|_| drawn < PASSWORD_LETTERS) {
                if drawn > 0 && drawn % 4 == 0 {
                    letters.push('-');
                }
                letters.push(char::from(*letter));
                drawn += 1;
            }
        }
    }
    Ok(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_of_one_form_and_differ() {
        let (one, two) = (password().unwrap(), password().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 19);
        assert!(
            one.split('-')
                .all(|group| group.len() == 4 && group.bytes().all(|letter| ALPHABET.contains(&letter)))
        );
    }

    #[test]
    fn the_number_for_setting_up_is_valid() {
        assert!(Iin::parse(SET_UP_IIN).is_ok());
    }
}
