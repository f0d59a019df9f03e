//! The policy file (C2SP tlog-policy): which logs, which witnesses, and whose cosignatures are enough.

use thiserror::Error;

use crate::{
    key::{KeyError, PublicKey, Role},
    text,
};

/// The longest policy file, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// The name of a quorum that asks for no witness.
const NONE: &str = "none";

/// A line of a policy that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the policy: {problem}")]
pub struct PolicyError {
    /// Its number, from 1; the last line for what the whole file lacks.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// Not text, or not ending with a newline.
    #[error(
        "a policy is UTF-8 text of at most 65536 bytes without control characters, and ends with a newline"
    )]
    Text,
    /// Neither log, witness, group nor quorum.
    #[error(
        "expected `log KEY [URL]`, `witness NAME KEY [URL]`, `group NAME any|all|NUMBER MEMBER...` or `quorum NAME`"
    )]
    Form,
    /// A key that is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A log's line has a witness's key or the other way round.
    #[error("a log needs a key of signature type 0x01, a witness one of type 0x04")]
    Role,
    /// One key, two parties: its signature would count twice.
    #[error("this key is already in the policy; every log and witness has a key of its own")]
    SameKey,
    /// Two witnesses or groups of one name.
    #[error("the name {0} is taken")]
    SameName(String),
    /// A name that no earlier line defines.
    #[error("no earlier line defines {0}")]
    Unknown(String),
    /// A member of two groups would count twice.
    #[error("{0} is already a member of a group")]
    SecondGroup(String),
    /// The threshold cannot be met, or asks for nothing.
    #[error("the number of a group is from 1 to the number of its members")]
    Threshold,
    /// Not one quorum line.
    #[error("a policy has exactly one quorum line")]
    Quorum,
}

/// A log or a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its name in the policy; for a log its origin.
    pub name: String,
    /// Its key.
    pub key: PublicKey,
    /// Where it is reached, if the policy says so.
    pub url: Option<String>,
}

#[derive(Clone, Debug)]
enum Member {
    Witness(Box<Party>),
    Group { name: String, needed: usize, members: Vec<usize> },
}

impl Member {
    fn name(&self) -> &str {
        match self {
            Self::Witness(party) => &party.name,
            Self::Group { name, .. } => name,
        }
    }
}

/// Which checkpoints to accept.
#[derive(Clone, Debug)]
pub struct Policy {
    logs: Vec<Party>,
    /// Witnesses and groups as the file defines them: members before the groups they belong to.
    members: Vec<Member>,
    /// Whose word is enough; none if no witness is asked for.
    quorum: Option<usize>,
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| {
            text.len() <= LONGEST && text.ends_with('\n') && text::is_clean(&text.replace('\t', " "))
        });
        let body = text.and_then(|text| text.strip_suffix('\n'));
        let body = body.ok_or(PolicyError { line: 1, problem: Problem::Text })?;
        let mut policy = Self { logs: Vec::new(), members: Vec::new(), quorum: None };
        let (mut quorums, mut grouped, mut lines) = (0, Vec::new(), 0);
        for (line, number) in body.split('\n').zip(1..) {
            lines = number;
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            let done = match words.as_slice() {
                [] => Ok(()),
                [first, ..] if first.starts_with('#') => Ok(()),
                ["log", key] => policy.add_log(key, None),
                ["log", key, url] => policy.add_log(key, Some(url)),
                ["witness", name, key] => policy.add_witness(name, key, None),
                ["witness", name, key, url] => policy.add_witness(name, key, Some(url)),
                ["group", name, needed, members @ ..] => {
                    policy.add_group(name, needed, members, &mut grouped)
                }
                ["quorum", name] => {
                    quorums += 1;
                    policy.set_quorum(name)
                }
                _ => Err(Problem::Form),
            };
            let done = if quorums > 1 { Err(Problem::Quorum) } else { done };
            done.map_err(|problem| PolicyError { line: number, problem })?;
        }
        if quorums == 0 {
            return Err(PolicyError { line: lines, problem: Problem::Quorum });
        }
        Ok(policy)
    }

    /// The logs whose checkpoints are accepted.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> impl Iterator<Item = &Party> {
        self.members.iter().filter_map(|member| match member {
            Member::Witness(party) => Some(party.as_ref()),
            Member::Group { .. } => None,
        })
    }

    /// Whether a quorum of witnesses is among those of whom `saw` is true.
    pub fn is_quorum(&self, saw: impl Fn(&Party) -> bool) -> bool {
        let Some(quorum) = self.quorum else { return true };
        let mut true_of: Vec<bool> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let is_true = match member {
                Member::Witness(party) => saw(party),
                Member::Group { needed, members, .. } => {
                    let count = members.iter().filter(|&&at| true_of.get(at) == Some(&true)).count();
                    count >= *needed
                }
            };
            true_of.push(is_true);
        }
        true_of.get(quorum) == Some(&true)
    }

    fn add_log(&mut self, key: &str, url: Option<&str>) -> Result<(), Problem> {
        let key = self.key(key, Role::Log)?;
        self.logs.push(Party { name: key.name().to_owned(), key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn add_witness(&mut self, name: &str, key: &str, url: Option<&str>) -> Result<(), Problem> {
        self.check_free(name)?;
        let key = self.key(key, Role::Witness)?;
        let party = Party { name: name.to_owned(), key, url: url.map(str::to_owned) };
        self.members.push(Member::Witness(Box::new(party)));
        Ok(())
    }

    fn add_group(
        &mut self,
        name: &str,
        needed: &str,
        members: &[&str],
        grouped: &mut Vec<usize>,
    ) -> Result<(), Problem> {
        self.check_free(name)?;
        let mut indices = Vec::new();
        for member in members {
            let at = self.find(member)?;
            if grouped.contains(&at) {
                return Err(Problem::SecondGroup((*member).to_owned()));
            }
            grouped.push(at);
            indices.push(at);
        }
        let needed = match needed {
            "any" => 1,
            "all" => indices.len(),
            number => text::decimal(number).and_then(|number| number.try_into().ok()).ok_or(Problem::Form)?,
        };
        if needed == 0 || needed > indices.len() {
            return Err(Problem::Threshold);
        }
        self.members.push(Member::Group { name: name.to_owned(), needed, members: indices });
        Ok(())
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), Problem> {
        self.quorum = if name == NONE { None } else { Some(self.find(name)?) };
        Ok(())
    }

    fn key(&self, written: &str, role: Role) -> Result<PublicKey, Problem> {
        let key = PublicKey::parse(written)?;
        if key.role() != role {
            return Err(Problem::Role);
        }
        let mut known = self.logs.iter().chain(self.witnesses()).map(|party| &party.key);
        if known.any(|other| other.bytes() == key.bytes() || is_alike(other, &key)) {
            return Err(Problem::SameKey);
        }
        Ok(key)
    }

    fn find(&self, name: &str) -> Result<usize, Problem> {
        self.members
            .iter()
            .position(|member| member.name() == name)
            .ok_or_else(|| Problem::Unknown(name.to_owned()))
    }

    fn check_free(&self, name: &str) -> Result<(), Problem> {
        let taken = name == NONE || self.find(name).is_ok();
        if taken { Err(Problem::SameName(name.to_owned())) } else { Ok(()) }
    }
}

/// Whether signature lines of two keys look alike, by chance or by someone's work.
fn is_alike(one: &PublicKey, other: &PublicKey) -> bool {
    (one.name(), one.id()) == (other.name(), other.id())
}
