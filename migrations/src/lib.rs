//! The schema, step by step, and the lock that lets many processes start at once.

#![allow(
    elided_lifetimes_in_paths,
    reason = "async-trait takes the trait's own form of `SchemaManager` only"
)]

mod lock;
mod m20261122_000001_accounts;
mod m20261122_000002_models;
mod m20261122_000003_chats;
mod m20261127_000010_groups;
mod m20261127_000011_quotas;
mod m20261127_000020_waiting_messages;
mod m20261127_000021_run_lapses;
mod m20261127_000030_ratings;
mod m20261127_000040_folders;
mod m20261127_000041_chat_search;
mod m20261127_000042_shares;
mod m20261127_000043_imports;
mod m20261127_000044_model_cards;
mod m20261127_000045_prompts;
mod m20261127_000050_files;
mod m20261127_000051_chunks;
mod m20261127_000052_collections;
mod m20261127_000053_vectors;
mod m20261127_000054_file_urls;
mod m20261127_000055_collection_shares;
mod m20261127_000056_storage_quotas;
mod m20261127_000060_temporary_chats;
mod m20261127_000061_model_starters;
mod schema;

use sea_orm_migration::prelude::*;
use shared::{Config, Error, Result};

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_accounts::Migration),
            Box::new(m20261122_000002_models::Migration),
            Box::new(m20261122_000003_chats::Migration),
            Box::new(m20261127_000010_groups::Migration),
            Box::new(m20261127_000011_quotas::Migration),
            Box::new(m20261127_000020_waiting_messages::Migration),
            Box::new(m20261127_000021_run_lapses::Migration),
            Box::new(m20261127_000030_ratings::Migration),
            Box::new(m20261127_000040_folders::Migration),
            Box::new(m20261127_000041_chat_search::Migration),
            Box::new(m20261127_000042_shares::Migration),
            Box::new(m20261127_000043_imports::Migration),
            Box::new(m20261127_000044_model_cards::Migration),
            Box::new(m20261127_000045_prompts::Migration),
            Box::new(m20261127_000050_files::Migration),
            Box::new(m20261127_000051_chunks::Migration),
            Box::new(m20261127_000052_collections::Migration),
            Box::new(m20261127_000053_vectors::Migration),
            Box::new(m20261127_000054_file_urls::Migration),
            Box::new(m20261127_000055_collection_shares::Migration),
            Box::new(m20261127_000056_storage_quotas::Migration),
            Box::new(m20261127_000060_temporary_chats::Migration),
            Box::new(m20261127_000061_model_starters::Migration),
        ]
    }
}

/// Applies what is pending and says how many steps that were. Processes that come together wait for each other.
pub async fn apply(config: &Config, db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<usize> {
    let lock = lock::take(config, db).await?;
    let pending = Migrator::get_pending_migrations(db).await?.len();
    let applied = Migrator::up(db, None).await;
    lock.release().await?;
    applied?;
    Ok(pending)
}

/// Refuses to go on while the schema is older than this program.
pub async fn check(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<()> {
    // Only looks: a check must not be the first to write into an empty database.
    let pending = Migrator::get_pending_migrations_read_only(db).await?.len();
    if pending == 0 {
        return Ok(());
    }
    Err(Error::conflict(
        "migrations_pending",
        format!(
            "The database misses {pending} migrations. Run `skein migrate` once, then start the nodes again."
        ),
    ))
}
