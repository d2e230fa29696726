//! What happens after the request: pools of workers that take jobs from the queues.

mod chat;
pub mod extract;
mod import;
mod ingest;
mod jobs;
mod leases;
mod pool;
mod rounds;

use std::sync::Arc;

use shared::Context;
use shared::jobs::{
    EmbedFile, EmbedTexts, GenerateReply, IngestFile, MakeTitle, RefreshModels, RemoveFile, RunImport,
};
use shared::queue::Routes;
use shared::web::Web;
use tokio::sync::Semaphore;

use crate::chat::beat::Beat;
use crate::leases::Leases;

pub use pool::{Plan, run};

/// What every handler gets.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) ctx: Context,
    pub(crate) leases: Arc<Leases>,
    pub(crate) beat: Beat,
    /// How many readers of files run at once.
    pub(crate) readers: Arc<Semaphore>,
    pub(crate) web: Web,
}

/// Every job and its handler: the one list.
fn routes(worker: &Worker) -> Routes {
    let worker = worker.clone();
    let (w1, w2, w3, w4) = (worker.clone(), worker.clone(), worker.clone(), worker.clone());
    let (w5, w6, w7, w8) = (worker.clone(), worker.clone(), worker.clone(), worker);
    Routes::new()
        .on::<GenerateReply, _, _, _>(move |job, _| jobs::generate_reply::run(w1.clone(), job))
        .on::<EmbedTexts, _, _, _>(move |job, _| jobs::embed_texts::run(w2.clone(), job))
        .on::<MakeTitle, _, _, _>(move |job, _| jobs::make_title::run(w3.clone(), job))
        .on::<RefreshModels, _, _, _>(move |job, _| jobs::refresh_models::run(w4.clone(), job))
        .on::<IngestFile, _, _, _>(move |job, _| jobs::ingest_file::run(w5.clone(), job))
        .on::<RemoveFile, _, _, _>(move |job, _| jobs::remove_file::run(w6.clone(), job))
        .on::<EmbedFile, _, _, _>(move |job, _| jobs::embed_file::run(w7.clone(), job))
        .on::<RunImport, _, _, _>(move |job, _| jobs::run_import::run(w8.clone(), job))
}
