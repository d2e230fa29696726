//! One process migrates at a time: an advisory lock on servers, a lock file beside SQLite.

use std::fs::File;

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait,
};
use shared::{Config, Error, Kind, Result};

/// Any number that no other program of this database takes.
const ADVISORY_KEY: i64 = 0x536b_6569_6e00_0001;
const MYSQL_NAME: &str = "skein_migrations";
const WAIT_S: i64 = 120;

pub(crate) enum Lock {
    /// Held by the connection of a transaction: its end, also by a dead process, frees it.
    Server(DatabaseTransaction, DbBackend),
    File(File),
}

pub(crate) async fn take(config: &Config, db: &DatabaseConnection) -> Result<Lock> {
    if let Some(file) = shared::db::migration_lock_file(config)? {
        let file = tokio::task::spawn_blocking(move || file.lock().map(|()| file))
            .await
            .map_err(|e| Error::internal("The migration lock failed.").source(e))?
            .map_err(|e| {
                Error::new(Kind::Unavailable, "migration_lock", "The migration lock failed.").source(e)
            })?;
        return Ok(Lock::File(file));
    }
    let backend = db.get_database_backend();
    let transaction = db.begin().await?;
    match backend {
        DbBackend::Postgres => {
            // The wait for the lock must not fall to the statement limit.
            transaction.execute_unprepared(&format!("SET LOCAL statement_timeout = '{WAIT_S}s'")).await?;
            // It stands still while others migrate, which is what ends a transaction elsewhere.
            transaction.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
            transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADVISORY_KEY})")).await?;
        }
        _ => {
            let sql = format!("SELECT GET_LOCK('{MYSQL_NAME}', {WAIT_S}) AS got");
            let row = transaction.query_one_raw(Statement::from_string(backend, sql)).await?;
            let got: Option<i64> = row.map(|r| r.try_get("", "got")).transpose()?.flatten();
            if got != Some(1) {
                return Err(Error::new(
                    Kind::Unavailable,
                    "migration_lock",
                    "Another process has been migrating for two minutes.",
                ));
            }
            // The lock is the session's. A transaction that stands still would be ended, and the session with it.
            transaction.execute_unprepared("COMMIT").await?;
        }
    }
    Ok(Lock::Server(transaction, backend))
}

impl Lock {
    pub(crate) async fn release(self) -> Result<()> {
        match self {
            Self::Server(transaction, DbBackend::Postgres) => transaction.commit().await?,
            Self::Server(transaction, _) => {
                transaction.execute_unprepared(&format!("DO RELEASE_LOCK('{MYSQL_NAME}')")).await?;
                transaction.commit().await?;
            }
            Self::File(file) => drop(file),
        }
        Ok(())
    }
}
