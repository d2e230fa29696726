//! What is stored, held against what was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, QueryResult, Statement};
use uuid::Uuid;

use super::library::{Fate, Work};
use super::stage::Stage;
use crate::timeline::Timeline;

/// How long the last bytes of what was deleted may stay after its row: a request may still be on its way.
const LATE: Duration = Duration::from_secs(90);

/// A row of a file.
#[derive(Debug)]
pub(super) struct Row {
    state: String,
    error: Option<String>,
    chunks: Option<i32>,
    attempt: i32,
}

/// The passages of a file: how many, whether their places have no gap, and all that they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passages {
    pub(super) count: i64,
    places: i64,
    last: i32,
    content: String,
}

/// All files and passages at one moment.
pub(super) struct Found {
    files: BTreeMap<String, Row>,
    passages: BTreeMap<String, Passages>,
}

const PASSAGES: &str = "SELECT file_id, count(*) AS n, count(DISTINCT ordinal) AS places, max(ordinal) AS last, \
    md5(string_agg(concat_ws(':', ordinal, page, heading, from_char, to_char, text), '|' ORDER BY ordinal)) AS content \
    FROM chunks GROUP BY file_id";

impl Found {
    pub(super) async fn read(database: &DatabaseConnection) -> Self {
        let files = "SELECT id, state, error_code, error_message, chunks, attempt FROM files WHERE deleted_at IS NULL";
        let files = rows(database, files).await.into_iter().map(|row| {
            let message: Option<String> = get(&row, "error_message");
            let code: Option<String> = get(&row, "error_code");
            let error = code.zip(message).map(|(code, message)| format!("{code}: {message}"));
            let (state, chunks, attempt) = (get(&row, "state"), get(&row, "chunks"), get(&row, "attempt"));
            (id(&row, "id"), Row { state, error, chunks, attempt })
        });
        let passages = rows(database, PASSAGES).await.into_iter().map(|row| {
            let (count, places) = (get(&row, "n"), get(&row, "places"));
            let (last, content) = (get(&row, "last"), get(&row, "content"));
            (id(&row, "file_id"), Passages { count, places, last, content })
        });
        Self { files: files.collect(), passages: passages.collect() }
    }

    pub(super) fn file(&self, id: &str) -> Option<&Row> {
        self.files.get(id)
    }

    pub(super) fn passages(&self, id: &str) -> Option<&Passages> {
        self.passages.get(id)
    }
}

async fn rows(database: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    database.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("rows")
}

fn get<T: sea_orm::TryGetable>(row: &QueryResult, column: &str) -> T {
    row.try_get("", column).expect("a column of this type")
}

fn id(row: &QueryResult, column: &str) -> String {
    get::<Uuid>(row, column).to_string()
}

/// Every file has the end that was meant for it, with as many passages as it says.
pub(super) fn ends(timeline: &Timeline, files: &[(&Work, String)], found: &Found) {
    let (mut claims, mut most) = (0, 0);
    for (work, id) in files {
        let name = &work.document.name;
        let row = match (found.file(id), work.fate) {
            (None, Fate::Dropped) => continue,
            (Some(_), Fate::Dropped) => {
                timeline.broken(format!("{name} was deleted and is there"));
                continue;
            }
            (None, _) => {
                timeline.broken(format!("{name} is gone"));
                continue;
            }
            (Some(row), _) => row,
        };
        claims += row.attempt;
        most = most.max(row.attempt);
        match (work.fate, row.state.as_str(), &row.error) {
            (Fate::Good, "ready", None) => {}
            (Fate::Broken, "failed", Some(_)) => continue,
            _ => timeline.broken(format!("{name}, which is {:?}, ended as {row:?}", work.fate)),
        }
        match (row.chunks, found.passages(id)) {
            (Some(said), Some(there))
                if i64::from(said) == there.count
                    && there.count == there.places
                    && i64::from(there.last) + 1 == there.count => {}
            (said, there) => timeline.broken(format!("{name} says {said:?} passages and has {there:?}")),
        }
    }
    timeline
        .note(&format!("{} files were taken up {claims} times, one of them {most} times", found.files.len()));
}

/// Nothing is there twice, nothing is missing, and nothing belongs to nobody.
pub(super) async fn whole(stage: &Stage) {
    stage.rows_of_deleted_gone(LATE).await;
    let nothing = [
        (
            "passages without exactly one vector",
            "SELECT count(*) AS n FROM (SELECT c.id FROM chunks c LEFT JOIN chunk_vectors v ON v.chunk_id = c.id \
             GROUP BY c.id HAVING count(v.chunk_id) <> 1) x",
        ),
        (
            "vectors without a passage",
            "SELECT count(*) AS n FROM chunk_vectors v WHERE NOT EXISTS (SELECT 1 FROM chunks c WHERE c.id = v.chunk_id)",
        ),
        (
            "passages without a file",
            "SELECT count(*) AS n FROM chunks c WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.id = c.file_id)",
        ),
        (
            "passages of files that failed",
            "SELECT count(*) AS n FROM chunks c JOIN files f ON f.id = c.file_id WHERE f.state = 'failed'",
        ),
        (
            "uploads without an end",
            "SELECT count(*) AS n FROM files WHERE state = 'uploading' AND deleted_at IS NULL",
        ),
    ];
    for (what, sql) in nothing {
        let count = stage.count(sql).await;
        if count > 0 {
            stage.timeline.broken(format!("{count} {what}"));
        }
    }
    blobs(stage).await;
}

/// The store has the bytes of every file, and no others.
async fn blobs(stage: &Stage) {
    let ids = rows(&stage.database, "SELECT id FROM files").await;
    let wanted: BTreeSet<String> = ids.iter().map(|row| format!("files/{}", id(row, "id"))).collect();
    let mut patience = LATE.as_secs();
    let (there, unfinished) = loop {
        let (there, unfinished) = stage.blobs().await;
        if patience == 0 || (there == wanted && unfinished.is_empty()) {
            break (there, unfinished);
        }
        patience -= 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    for name in there.difference(&wanted) {
        stage.timeline.broken(format!("the store has {name}, which is nobody's"));
    }
    for name in wanted.difference(&there) {
        stage.timeline.broken(format!("the store has not {name}"));
    }
    for name in &unfinished {
        stage.timeline.broken(format!("the store has {name}, which was never finished"));
    }
    let (passages, vectors) = (
        stage.count("SELECT count(*) AS n FROM chunks").await,
        stage.count("SELECT count(*) AS n FROM chunk_vectors").await,
    );
    stage.timeline.note(&format!(
        "{} files, {} blobs, {passages} passages, {vectors} vectors",
        wanted.len(),
        there.len()
    ));
}
