//! Whom the registries are shown to before anybody else sees them: the witnesses of a policy file.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use kezek_disclosure::Log;
use kezek_node::{Due, Gathering, NoQuorum, Witnesses, registry_origin, registry_public_dir};
use kezek_registry::Policy;
use kezek_registry::tile::CHECKPOINT;
use kezek_witness::client::{Client, Prove, Settings};

/// The witnesses that this policy file names, for the registries of a host. Without a file: none.
pub fn of(policy: Option<&Path>, data: &Path, host: &str) -> Result<Witnesses> {
    let Some(path) = policy else { return Ok(Witnesses::None) };
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let policy = Policy::parse(&bytes).with_context(|| format!("{} is no policy", path.display()))?;
    let client = |log| client(&policy, log, data, host);
    let [applications, referrals, bulletins] =
        [Log::Applications, Log::Referrals, Log::Bulletins].map(client);
    let (applications, referrals, bulletins) =
        (Arc::new(applications?), Arc::new(referrals?), Arc::new(bulletins?));
    Ok(Witnesses::Asked(Arc::new(move |due| {
        let client = match due.log {
            Log::Applications => &applications,
            Log::Referrals => &referrals,
            Log::Bulletins => &bulletins,
        };
        ask(Arc::clone(client), due)
    })))
}

/// Knows which witnesses have cosigned what is shown now: one that stands before it has lost its memory.
fn client(policy: &Policy, log: Log, data: &Path, host: &str) -> Result<Client> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let shown = registry_public_dir(data, log).read(CHECKPOINT).ok();
    let published = shown.and_then(|note| policy.open(&note, now).ok());
    Client::new(policy.clone(), &registry_origin(host, log), published.as_ref(), Settings::default())
        .with_context(|| format!("the witnesses of the log {}", log.name()))
}

fn ask(client: Arc<Client>, due: Due) -> Gathering {
    Box::pin(async move {
        let (log, note) = (due.log.name().to_owned(), due.note.clone());
        let prove: Prove = Arc::new(move |old| due.prove_since(old).map_err(|error| error.to_string()));
        match client.cosign(&note, prove).await {
            Ok(cosigned) => {
                for one in &cosigned.missing {
                    tracing::warn!(log, witness = one.witness, "a witness did not cosign: {}", one.trouble);
                }
                Ok(cosigned.witnessed.note)
            }
            Err(error) => Err(NoQuorum { log, reason: error.to_string() }),
        }
    })
}
