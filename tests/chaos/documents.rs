//! Documents on their way in while the workers that read them are killed, and while the store of files fails now and
//! then. At the end every file is held against a quiet reading of the same bytes, and against what is stored.

mod audit;
mod faults;
mod library;
mod stage;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::StatusCode;
use skein_tests::client::Client;
use skein_tests::services::Missing;

use self::audit::Found;
use self::library::{Fate, Work};
use self::stage::Stage;

/// Over which the documents arrive: some deaths of workers long.
const ARRIVE: Duration = Duration::from_secs(60);
/// How long somebody tries to upload one.
const INSIST: Duration = Duration::from_secs(120);
/// How long the last ones may take after all have arrived: two leases, and more tries than a store fails.
const SETTLE: Duration = Duration::from_secs(300);
const USERS: usize = 4;

/// Gives the promises that were broken.
pub(crate) async fn run(count: usize, s3: bool, mut random: StdRng) -> Result<Vec<String>, Missing> {
    let stage = Stage::start(s3).await?;
    let works = library::write(count, s3, &mut random);
    let users = join_all((0..USERS).map(|n| {
        let client = stage.cluster.client();
        async move { client.sign_up(&format!("reader-{n}")).await }
    }))
    .await;
    stage.timeline.note(&format!(
        "{} documents, {} of them broken, {:.1} MB; files are in {}",
        works.len(),
        works.iter().filter(|work| work.fate == Fate::Broken).count(),
        works.iter().map(|work| work.document.bytes.len()).sum::<usize>() as f64 / 1e6,
        if s3 { "SeaweedFS, which fails now and then" } else { "a folder" },
    ));
    let began = Instant::now();
    let trouble = faults::Trouble::begin(&stage, StdRng::from_rng(&mut random));
    let arrivals: Vec<Duration> = works.iter().map(|_| ARRIVE.mul_f64(random.random())).collect();
    let arriving = works.iter().zip(arrivals).enumerate().map(|(n, (work, wait))| {
        let client = users[n % users.len()].at(&stage.cluster.apis[n % stage.cluster.apis.len()].url());
        let stage = &stage;
        async move {
            tokio::time::sleep(wait).await;
            bring(stage, &client, work).await
        }
    });
    let work = async {
        let ids = join_all(arriving).await;
        stage.timeline.note("all have arrived");
        settle(&stage).await;
        ids
    };
    let ids = trouble.during(work).await;
    stage.timeline.note(&format!("all have their end after {:.0?}", began.elapsed()));
    let files: Vec<(&Work, String)> =
        works.iter().zip(ids).filter_map(|(work, id)| Some((work, id?))).collect();
    let found = Found::read(&stage.database).await;
    audit::ends(&stage.timeline, &files, &found);
    compare(&stage, &files, &found).await;
    audit::whole(&stage).await;
    take_away(&stage, &users, &files, StdRng::from_rng(&mut random)).await;
    stage.leave_nothing();
    Ok(stage.timeline.problems())
}

/// Uploads one, as often as it takes; gives the id of the file. What is to go is deleted as soon as it is there.
async fn bring(stage: &Stage, client: &Client, work: &Work) -> Option<String> {
    let document = &work.document;
    let until = Instant::now() + INSIST;
    let id = loop {
        let upload = client.upload_request(&document.name, document.bytes.clone());
        match client.try_request(upload).await {
            Ok(answer) if answer.status == StatusCode::ACCEPTED.as_u16() => {
                break answer.body["id"].as_str().expect("an id").to_owned();
            }
            Ok(answer) if answer.status < 500 => {
                stage.timeline.broken(format!("{} was refused: {}", document.name, answer.text));
                return None;
            }
            _ if Instant::now() > until => {
                stage.timeline.broken(format!("{} could not be uploaded within {INSIST:?}", document.name));
                return None;
            }
            _ => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    };
    if work.fate == Fate::Dropped {
        let answer = client.delete(&format!("/api/v1/files/{id}")).await;
        if answer.status != StatusCode::NO_CONTENT.as_u16() {
            stage.timeline.broken(format!("{} could not be deleted: {}", document.name, answer.text));
        }
    }
    Some(id)
}

/// Waits until nothing more happens to any file.
async fn settle(stage: &Stage) {
    let until = Instant::now() + SETTLE;
    loop {
        let open = stage
            .count("SELECT count(*) AS n FROM files WHERE deleted_at IS NULL AND state NOT IN ('ready', 'failed')")
            .await;
        if open == 0 {
            return;
        }
        if Instant::now() > until {
            return stage.timeline.broken(format!("{open} files have no end {SETTLE:?} after the last came"));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Has the good documents read once more, by somebody else and in peace: they must give the same passages.
async fn compare(stage: &Stage, files: &[(&Work, String)], found: &Found) {
    let quiet = stage.cluster.client().sign_up("quiet").await;
    let good: Vec<&(&Work, String)> = files.iter().filter(|(work, _)| work.fate == Fate::Good).collect();
    let again = join_all(good.iter().map(|(work, _)| bring(stage, &quiet, work))).await;
    settle(stage).await;
    let now = Found::read(&stage.database).await;
    let (mut passages, mut same) = (0, 0);
    for ((work, id), again) in good.iter().zip(again) {
        let (before, after) = (found.passages(id), again.as_deref().and_then(|id| now.passages(id)));
        match (before, after) {
            (Some(before), Some(after)) if before == after => {
                passages += before.count;
                same += 1;
            }
            (before, after) => stage.timeline.broken(format!(
                "{} ({id}) has other passages than in peace: {before:?}, not {after:?}",
                work.document.name
            )),
        }
    }
    stage.timeline.note(&format!(
        "{same} of {} good documents have exactly the passages of a quiet reading, {passages} in all",
        good.len()
    ));
}

/// Deletes half of all files while workers die, and waits until nothing of them is left.
async fn take_away(stage: &Stage, users: &[Client], files: &[(&Work, String)], random: StdRng) {
    let trouble = faults::Trouble::begin(stage, random);
    let went: Vec<(usize, &String)> = files
        .iter()
        .enumerate()
        .filter(|(n, (work, _))| work.fate != Fate::Dropped && n.is_multiple_of(2))
        .map(|(n, (_, id))| (n, id))
        .collect();
    let deleting = async {
        for (n, id) in &went {
            // Ids go by the order of the documents, and so do their users.
            let answer = owner(users, files, *n).delete(&format!("/api/v1/files/{id}")).await;
            if answer.status != StatusCode::NO_CONTENT.as_u16() {
                stage.timeline.broken(format!("file {id} could not be deleted: {}", answer.text));
            }
        }
        stage.rows_of_deleted_gone(SETTLE).await;
    };
    trouble.during(deleting).await;
    stage.timeline.note(&format!("{} files were deleted, and their rows are gone", went.len()));
    let now = Found::read(&stage.database).await;
    for (_, id) in &went {
        if now.file(id).is_some() || now.passages(id).is_some() {
            stage.timeline.broken(format!("something of file {id} is still there"));
        }
    }
    audit::whole(stage).await;
}

fn owner<'a>(users: &'a [Client], files: &[(&Work, String)], n: usize) -> &'a Client {
    &users[files[n].0.number % users.len()]
}
