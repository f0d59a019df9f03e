//! What must hold for any bytes.
#![allow(clippy::unwrap_used, clippy::panic)]

use kezek_registry::{Role, SecretKey};
use kezek_witness::{
    judge::{self, Answer, Logs},
    request::{self, Request},
};

/// A body is refused, or is exactly what its parts are written as; and every refusal has an answer.
pub fn add_checkpoint(bytes: &[u8]) {
    let log = SecretKey::from_seed("queue.example/apps", Role::Log, &[1; 32]).unwrap();
    let logs = Logs::new(&[log.public().clone()]).unwrap();
    let witness = SecretKey::from_seed("witness.example/w1", Role::Witness, &[4; 32]).unwrap();
    if let Ok(request) = Request::parse(bytes) {
        let written = request::write(request.old, &request.proof, &request.note).unwrap();
        assert_eq!(written, bytes);
    }
    let answered =
        judge::admit(&logs, bytes).and_then(|request| judge::judge(&witness, &logs, None, &request, 1));
    match answered {
        Ok(head) => assert_eq!(Answer::cosigned(&head).status, 200),
        Err(refusal) => assert!((400..=503).contains(&Answer::refused(&refusal).status)),
    }
}
