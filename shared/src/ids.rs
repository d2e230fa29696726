//! Ids are UUIDv7: they sort by time of creation and need no coordination.

use uuid::Uuid;

/// A new id, later than those made before it in this process.
pub fn new() -> Uuid {
    Uuid::now_v7()
}

/// The name of this process towards others: host and a fresh id, so that a restart never meets its own leases.
pub fn process_name() -> String {
    let host = std::env::var("HOSTNAME").ok().filter(|h| !h.is_empty()).unwrap_or_else(|| "skein".into());
    format!("{host}-{}", Uuid::now_v7().simple())
}
