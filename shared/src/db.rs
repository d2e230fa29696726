//! The connection to SQL. sea-orm is the seam: SQLite, PostgreSQL and MySQL/MariaDB behind one handle.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::sqlx::{self, Executor};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, RuntimeErr, SqlErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use secrecy::ExposeSecret;

use crate::config::{Config, DatabaseKind, ms};
use crate::error::{Error, Kind, Result};

/// Seconds that a transaction may stand still. None waits for others, so one that does belongs to a process that was
/// frozen, and its locks would hold up whoever takes over its work.
const IDLE_TRANSACTION_S: u64 = 5;

/// Opens the pool. Makes the folder and the file of a SQLite database.
pub async fn connect(config: &Config) -> Result<DatabaseConnection> {
    let settings = &config.database;
    let kind = config.database_kind();
    if kind == DatabaseKind::Sqlite
        && let Some(folder) = sqlite_path(config).as_deref().and_then(std::path::Path::parent)
    {
        std::fs::create_dir_all(folder)
            .map_err(|e| cannot_connect(kind, "Its folder cannot be made; set SKEIN_DATA__DIR.").source(e))?;
    }
    if kind == DatabaseKind::Sqlite {
        crate::vectors::register();
    }
    let mut options = ConnectOptions::new(config.database_url().expose_secret());
    let statement_ms = settings.statement_timeout_ms;
    options
        .max_connections(settings.max_connections)
        .min_connections(1)
        .acquire_timeout(ms(settings.acquire_timeout_ms))
        .connect_timeout(ms(settings.connect_timeout_ms))
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .statement_timeout(ms(statement_ms))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(ms(statement_ms))
        })
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([("idle_in_transaction_session_timeout", format!("{IDLE_TRANSACTION_S}s"))])
        })
        // Gap locks of REPEATABLE READ would make inserts of different users wait for each other.
        .map_sqlx_mysql_pool_opts(move |pool| {
            pool.after_connect(move |conn, _| {
                Box::pin(async move {
                    let version: String =
                        sqlx::query_scalar("SELECT VERSION()").fetch_one(&mut *conn).await?;
                    let limit = if version.contains("MariaDB") {
                        format!(
                            "SET SESSION max_statement_time = {}, idle_transaction_timeout = {IDLE_TRANSACTION_S}",
                            statement_ms.div_ceil(1000)
                        )
                    } else {
                        format!("SET SESSION max_execution_time = {statement_ms}")
                    };
                    conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                    conn.execute(sqlx::AssertSqlSafe(limit)).await?;
                    Ok(())
                })
            })
        });
    Database::connect(options).await.map_err(|e| {
        cannot_connect(
            kind,
            "Is it running, and are the address, name and password in SKEIN_DATABASE__URL right?",
        )
        .source(e)
    })
}

fn cannot_connect(kind: DatabaseKind, hint: &str) -> Error {
    Error::new(
        Kind::Unavailable,
        "database_unavailable",
        format!("The database ({kind:?}) cannot be opened. {hint}"),
    )
}

/// A transaction that will write. SQLite takes its write lock at once: a read lock cannot always be raised later.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    Ok(db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?)
}

/// A transaction that only reads: all that it sees is of one moment.
pub async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = match db.get_database_backend() {
        // It has no other kind, and warns when it is told which.
        DbBackend::Sqlite => TransactionOptions::default(),
        _ => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..Default::default()
        },
    };
    Ok(db.begin_with_options(options).await?)
}

/// The database's own clock in Unix milliseconds, as an expression: all nodes see the same time.
pub fn now_ms(backend: DbBackend) -> SimpleExpr {
    Expr::cust(match backend {
        DbBackend::Postgres => "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint",
        DbBackend::MySql => "CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)",
        _ => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    })
}

/// The database's clock `ms` milliseconds from now.
pub fn in_ms(backend: DbBackend, ms: u64) -> SimpleExpr {
    now_ms(backend).add(i64::try_from(ms).unwrap_or(i64::MAX / 2))
}

/// True when a row with this unique key is already there.
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// What a database error means to a caller.
pub fn error(error: DbErr) -> Error {
    if is_duplicate(&error) {
        return Error::conflict("already_exists", "That exists already.").source(error);
    }
    let away = match &error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => match &**e {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_) => true,
            sqlx::Error::Database(e) => transient_state(e.code().as_deref().unwrap_or_default(), e.message()),
            _ => false,
        },
        _ => false,
    };
    if away {
        let mut out = Error::unavailable("The database cannot answer at the moment.").source(error);
        out.code = "database_unavailable";
        out
    } else {
        Error::internal("The database refused a statement.").source(error)
    }
}

/// SQLSTATEs and messages after which the same statement may succeed: shutdown, start-up, deadlock, lock wait, time-out.
fn transient_state(code: &str, message: &str) -> bool {
    code.starts_with("08")
        || code.starts_with("57P")
        || matches!(
            code,
            "25P03"
                | "40001"
                | "40P01"
                | "53300"
                | "57014"
                | "55P03"
                | "1205"
                | "1213"
                | "5"
                | "517"
                | "70100"
        )
        || message.contains("database is locked")
        || message.contains("Deadlock")
}

fn sqlite_path(config: &Config) -> Option<PathBuf> {
    let url = config.database_url();
    let path = url.expose_secret().strip_prefix("sqlite:")?;
    let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// Says that this process alone serves the SQLite database; `None` for servers, where many may.
///
/// The lock goes with the process. A second one is refused with the fix named.
pub fn own_sqlite(config: &Config) -> Result<Option<File>> {
    let Some(path) = sqlite_path(config).filter(|_| config.database_kind() == DatabaseKind::Sqlite) else {
        return Ok(None);
    };
    let file = lock_file(path.with_extension("db.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(Error::conflict(
            "database_in_use",
            "Another Skein process serves this SQLite database. Stop it, choose another folder with --data, or use \
             PostgreSQL or MySQL (SKEIN_DATABASE__URL) with Redis (SKEIN_REDIS__URL) for several processes.",
        )),
    }
}

/// A file beside a SQLite database that serialises its migrations; `None` for servers, which have locks of their own.
pub fn migration_lock_file(config: &Config) -> Result<Option<File>> {
    sqlite_path(config)
        .filter(|_| config.database_kind() == DatabaseKind::Sqlite)
        .map(|path| lock_file(path.with_extension("migrate.lock")))
        .transpose()
}

fn lock_file(path: PathBuf) -> Result<File> {
    if let Some(folder) = path.parent() {
        // What fails here fails again, with its reason, in the next step.
        drop(std::fs::create_dir_all(folder));
    }
    File::options().create(true).truncate(false).write(true).open(path).map_err(|e| {
        Error::new(
            Kind::Unavailable,
            "data_unwritable",
            "The data folder cannot be written; set SKEIN_DATA__DIR.",
        )
        .source(e)
    })
}
