//! Wish lists: known as commitments when lodged, opened by the opening that uses them (R3.29, R3.34/32).

use std::collections::{BTreeMap, BTreeSet};

use kezek_disclosure::{COMMITMENT_KIND, OpenedWishes, Part, from_hex};
use kezek_registry::Hash;
use kezek_registry::commit::Record;
use kezek_rules::Event;
use kezek_rules::ids::ApplicationId;

use super::renumber::Renumber;
use super::source::Logged;

/// The lists that stand, by the number of the entry that lodged them.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    lodged: BTreeMap<u64, ([u8; 32], Vec<ApplicationId>)>,
    opened: BTreeSet<u64>,
    list_of: BTreeMap<ApplicationId, u64>,
}

/// A list that was opened, and whose it still is.
pub(super) enum Opened {
    /// For the first time.
    New(Vec<ApplicationId>),
    /// Since it is to be said anew who are twins; its wishes are known.
    Again(Vec<ApplicationId>),
}

/// The list opened is not the one lodged.
pub(super) struct NotLodged;

impl Lists {
    pub(super) fn note(&mut self, logged: &Logged) {
        match (&logged.event, &logged.part) {
            (Some(Event::WishesLodged { applications, .. }), Some(Part::WishesLodged { withdrawn, .. })) => {
                for application in applications {
                    self.list_of.remove(application);
                    if !withdrawn {
                        self.list_of.insert(*application, logged.seq);
                    }
                }
                if let Some(commitment) = logged.commitment.filter(|_| !withdrawn) {
                    self.lodged.insert(logged.seq, (commitment, applications.clone()));
                }
            }
            (Some(Event::Archived { application, .. }), _) => {
                self.list_of.remove(application);
            }
            _ => {}
        }
    }

    /// Who has a list that no opening has opened yet.
    pub(super) fn unopened(&self) -> impl Iterator<Item = ApplicationId> {
        self.list_of
            .iter()
            .filter(|(_, list)| !self.opened.contains(list))
            .map(|(application, _)| *application)
    }

    /// Whose the list still is, by the replay's own numbers; R4.31: some may have left it.
    pub(super) fn open(
        &mut self,
        origin: &str,
        list: &OpenedWishes,
        numbers: &Renumber,
    ) -> Result<Opened, NotLodged> {
        let (commitment, applications) = self.lodged.get(&list.lodged).ok_or(NotLodged)?;
        let own = list.applications.iter().map(|one| numbers.own_application(*one));
        let own = own.collect::<Result<Vec<_>, _>>().map_err(|_| NotLodged)?;
        if !opens(origin, list, commitment) || own != *applications {
            return Err(NotLodged);
        }
        let whose = own.into_iter().filter(|one| self.list_of.get(one) == Some(&list.lodged)).collect();
        let is_new = self.opened.insert(list.lodged);
        Ok(if is_new { Opened::New(whose) } else { Opened::Again(whose) })
    }
}

/// Whether the wishes are those that were committed to.
fn opens(origin: &str, list: &OpenedWishes, commitment: &[u8; 32]) -> bool {
    let record = Record { origin: origin.to_owned(), kind: COMMITMENT_KIND.to_owned(), seq: list.lodged };
    let (Some(salt), Ok(choices)) = (from_hex(&list.salt), serde_json::to_vec(&list.choices)) else {
        return false;
    };
    record.open(&Hash(*commitment), &salt, &[("choices", choices)]).is_ok()
}
