//! Verifying the audit: what is printed, and what an earlier output is good for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use actix_web::rt::System;
use keyhall_domain::id::AccountId;
use keyhall_storage::open::ChainOf;
use keyhall_storage::{ChainReport, Checkpoint, Fault, FaultKind, Store};
use serde_json::{Value, json};

use crate::arguments::VerifyAudit;
use crate::configuration::Configuration;
use crate::database::Database;
use crate::error::CommandError;
use crate::output;

/// What was noted down of each chain.
type Checkpoints = HashMap<ChainOf, Checkpoint>;

/// Verifies the audit, prints what it found of each chain, and fails when something is wrong.
pub(crate) fn verify(configuration: &Configuration, arguments: &VerifyAudit) -> Result<(), CommandError> {
    let noted = arguments.against.as_deref().map_or_else(|| Ok(Checkpoints::new()), read_checkpoints)?;
    let database = Database::join_or_start(configuration)?;
    let verified = verify_on(configuration, &database, arguments, noted);
    verified.and(database.stop())
}

fn verify_on(
    configuration: &Configuration,
    database: &Database,
    arguments: &VerifyAudit,
    noted: Checkpoints,
) -> Result<(), CommandError> {
    database.prepare(configuration)?;
    let store = database.open(configuration)?;
    let mut verification = Verification { store, noted, as_json: arguments.json, chains: 0, wrong: 0 };
    System::new().block_on(verification.run(arguments.account))
}

struct Verification {
    store: Store,
    noted: Checkpoints,
    as_json: bool,
    chains: usize,
    wrong: usize,
}

impl Verification {
    async fn run(&mut self, only: Option<AccountId>) -> Result<(), CommandError> {
        let mut after = None;
        loop {
            let chains = self.store.list_audit_chains(after).await?;
            let Some(last) = chains.last().copied() else { break };
            after = Some(last);
            for chain in chains.into_iter().filter(|chain| only.is_none() || *chain == only) {
                self.verify(chain).await?;
            }
        }
        if let Some(account) = only {
            self.noted.retain(|chain, _| *chain == Some(account));
        }
        // What was noted down of a chain that is not there any more.
        for chain in self.noted.drain().map(|(chain, _)| chain).collect::<Vec<_>>() {
            self.verify(chain).await?;
        }
        self.conclude(only)
    }

    async fn verify(&mut self, chain: ChainOf) -> Result<(), CommandError> {
        let report = self.store.verify_audit_chain(chain, self.noted.remove(&chain)).await?;
        self.chains += 1;
        self.wrong += usize::from(report.fault.is_some());
        let text = if self.as_json { as_json(chain, &report) } else { as_text(chain, &report) };
        output::print(&text)
    }

    fn conclude(&self, only: Option<AccountId>) -> Result<(), CommandError> {
        match (only, self.wrong) {
            (Some(account), 0) if self.chains == 0 => Err(CommandError::NoChain(account)),
            (_, 0) if self.as_json => Ok(()),
            (_, 0) => output::print(&format!("{} chains, all as they were written", self.chains)),
            (_, wrong) => Err(CommandError::Tampered(wrong)),
        }
    }
}

fn as_json(chain: ChainOf, report: &ChainReport) -> String {
    let fault = report.fault.map(|fault| json!({ "sequence": fault.sequence, "kind": fault.kind.name() }));
    json!({
        "chain": name(chain),
        "events": report.events,
        "dropped": report.dropped,
        "sequence": report.last.sequence,
        "hash": hex(&report.last.hash),
        "fault": fault,
    })
    .to_string()
}

fn as_text(chain: ChainOf, report: &ChainReport) -> String {
    let found = match (report.fault, report.events) {
        (Some(fault), _) => describe(fault),
        (None, 0) => "no events".to_owned(),
        (None, events) => format!("{events} events, {} to {}", report.dropped + 1, report.last.sequence),
    };
    let dropped = match report.dropped {
        0 => String::new(),
        dropped => format!(" (1 to {dropped} dropped after their time)"),
    };
    format!("{:<30}  {found}{dropped}", name(chain))
}

/// What is wrong, in words.
fn describe(Fault { sequence, kind }: Fault) -> String {
    let what = match kind {
        FaultKind::Changed => "changed: it is not the event that was written",
        FaultKind::Removed => "removed: the event that belongs here is not there",
        FaultKind::Reordered => "reordered: another event of this chain stands here",
        FaultKind::Inserted => "inserted: this event was never written",
        FaultKind::HeadMoved => "head moved: the chain's head does not bear this deployment's signature",
        FaultKind::AnchorForged => "anchor forged: what was dropped is not signed by this deployment",
        FaultKind::CheckpointContradicted => {
            "checkpoint contradicted: it is not the event that was noted down"
        }
    };
    format!("WRONG at {sequence}: {what}")
}

fn name(chain: ChainOf) -> String {
    chain.map_or_else(|| "deployment".to_owned(), |account| account.to_string())
}

/// Reads what an earlier `--json` printed.
fn read_checkpoints(path: &Path) -> Result<Checkpoints, CommandError> {
    let failed = |source| CommandError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut checkpoints = Checkpoints::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let (chain, checkpoint) = read_checkpoint(&line.map_err(failed)?)
            .ok_or_else(|| CommandError::Checkpoint { path: path.to_owned(), line: index + 1 })?;
        checkpoints.insert(chain, checkpoint);
    }
    Ok(checkpoints)
}

fn read_checkpoint(line: &str) -> Option<(ChainOf, Checkpoint)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let chain = match line.get("chain")?.as_str()? {
        "deployment" => None,
        account => Some(account.parse().ok()?),
    };
    let hash = bytes(line.get("hash")?.as_str()?)?;
    Some((chain, Checkpoint { sequence: line.get("sequence")?.as_i64()?, hash }))
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.bytes().map(|byte| char::from(byte).to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    bytes.try_into().ok().filter(|_| text.len() == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_held_against_later() {
        let account: AccountId = "acc_01k8yzj4c5e6rtb7mf9gq2w3xn".parse().unwrap();
        let last = Checkpoint { sequence: 7, hash: std::array::from_fn(|byte| byte as u8 * 8) };
        for chain in [None, Some(account)] {
            let report = ChainReport { events: 7, dropped: 0, last, fault: None };
            assert_eq!(read_checkpoint(&as_json(chain, &report)), Some((chain, last)));
        }
    }

    #[test]
    fn a_hash_that_is_none_is_not_read() {
        for wrong in ["", "0", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"+0".repeat(32)] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
