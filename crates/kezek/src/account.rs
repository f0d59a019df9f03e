//! `kezek account`: accounts of staff and parents.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kezek_calendar::Iin;
use kezek_node::{Access, NewAccount, Node, RoleAdded};
use kezek_records::{Contacts, Language, Person, Phone, Role, Strength, hash_password, one_time_password};
use kezek_rules::ids::{OrganisationId, SettlementId};

use crate::service;
use crate::site::Site;

/// Whoever sets a service up signs in with this number: its control digit holds, and it is nobody's.
const SET_UP_IIN: &str = "000000000000";

/// What `kezek account` does.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Examples:
  kezek account add --iin 850505300011 --surname Бұлақов --name Дамир --role provider --settlement Самал
  kezek account add --iin 880902400775 --surname Тасқынова --name Гүлнар --role kindergarten \\
        --settlement Самал --kindergarten '№ 1 «Балапан»'
  kezek account add --iin 900102400504 --surname Үлгіова --name Айгүл --role parent
  kezek account password --iin 850505300011

A password is printed once and signs in once: then the person chooses another. Somebody who has an account gains the
role and keeps the password. Parents who apply at the office usually get their password there.")]
pub enum Command {
    /// Give a person an account and print its password, or give an account one more role.
    Add(Add),
    /// Give an account a new password, print it, and end the account's sessions.
    Password {
        /// Whose.
        #[arg(long, value_parser = iin)]
        iin: Iin,
        #[command(flatten)]
        site: Site,
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
    role: RoleName,
    /// The settlement, by name, that an official acts in.
    #[arg(long)]
    settlement: Option<String>,
    /// The kindergarten, by name, that an official acts for.
    #[arg(long, requires = "settlement", required_if_eq("role", "kindergarten"))]
    kindergarten: Option<String>,
    #[command(flatten)]
    site: Site,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum RoleName {
    Parent,
    Provider,
    Kindergarten,
    Akimat,
    StateCorporation,
    Auditor,
    Administrator,
}

impl RoleName {
    fn role(self) -> Role {
        match self {
            RoleName::Parent => Role::Parent,
            RoleName::Provider => Role::Provider,
            RoleName::Kindergarten => Role::Kindergarten,
            RoleName::Akimat => Role::Akimat,
            RoleName::StateCorporation => Role::StateCorporation,
            RoleName::Auditor => Role::Auditor,
            RoleName::Administrator => Role::Administrator,
        }
    }
}

/// Reads an IIN of the command line.
pub fn iin(text: &str) -> Result<Iin, String> {
    Iin::parse(text).map_err(|error| error.to_string())
}

pub fn run(command: Command) -> Result<ExitCode> {
    service::block_on(async move {
        match command {
            Command::Add(add) => add_account(add).await,
            Command::Password { iin, site } => new_password(iin, site).await,
        }
    })
}

async fn add_account(add: Add) -> Result<ExitCode> {
    let node = add.site.open().await?;
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
    let role = add.role.role();
    if role == Role::Parent && settlement.is_some() {
        bail!("a parent acts in no settlement; leave --settlement out");
    }
    let (place, garden) = (settlement.map(|id| u64::from(id.0)), kindergarten.map(|id| u64::from(id.0)));
    if let Some(found) = node.people().account_by_iin(&add.iin).await? {
        return gain(node, found.id, role, place, garden).await;
    }
    let person = Person {
        iin: add.iin,
        surname: add.surname,
        given: add.name,
        patronymic: add.patronymic,
        birth_date: None,
    };
    let contacts =
        Contacts { phone: add.phone, second_phone: None, email: add.email, language: Language::default() };
    let password = if role == Role::Parent {
        let id = node.people().enter_person(&person, &contacts).await?;
        match node.people().give_access(id).await? {
            Access::OneTimePassword(password) => password,
            Access::OwnPassword => bail!("this person has got an account meanwhile; nothing was changed"),
        }
    } else {
        // Replaced at once by a password that signs in once.
        let password_hash = hash_password(&one_time_password()?, Strength::Full)?;
        let (roles, kindergarten, settlement) = (vec![role], garden, place);
        let new = NewAccount { person, contacts, roles, password_hash, kindergarten, settlement };
        let id = node.people().create_account(new).await?;
        node.people().reset_password(id).await?
    };
    println!("The account is made. Its password, for the first sign-in: {password}");
    Ok(())
}

/// One more role for an account there is.
async fn gain(
    node: &Node,
    person: u64,
    role: Role,
    settlement: Option<u64>,
    kindergarten: Option<u64>,
) -> Result<()> {
    match node.people().add_role(person, role, settlement, kindergarten).await? {
        RoleAdded::Added => println!("The account has the role now and keeps its password."),
        RoleAdded::There => {
            bail!("this person has such an account already; `kezek account password` gives it a new password")
        }
    }
    Ok(())
}

async fn new_password(iin: Iin, site: Site) -> Result<ExitCode> {
    let node = site.open().await?;
    let result = set_password(&node, iin).await;
    node.close().await;
    result?;
    Ok(ExitCode::SUCCESS)
}

async fn set_password(node: &Node, iin: Iin) -> Result<()> {
    let found = node.people().account_by_iin(&iin).await?;
    let found = found.context("nobody with this IIN has an account; `kezek account add` makes one")?;
    let password = node.people().reset_password(found.id).await?;
    println!("The new password, for one sign-in: {password}");
    Ok(())
}

/// The first account of a service: an administrator, who fills it, acts as provider while it has one settlement, and
/// makes the other accounts at the command line.
pub async fn set_up(node: &Node) -> Result<()> {
    let password = one_time_password()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_the_help_are_valid() {
        let help = <Command as clap::Subcommand>::augment_subcommands(clap::Command::new("account"))
            .render_long_help()
            .to_string();
        let numbers: Vec<&str> = help.split("--iin ").skip(1).filter_map(|rest| rest.get(..12)).collect();
        assert_eq!(numbers.len(), 4);
        for number in numbers {
            assert!(Iin::parse(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn the_number_for_setting_up_is_valid() {
        assert!(Iin::parse(SET_UP_IIN).is_ok());
    }
}
