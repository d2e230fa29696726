//! How good the search is: questions with one right passage each, asked in every way that Skein searches.

mod documentation;

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use skein_tests::client::Client;
use skein_tests::cluster::Single;
use skein_tests::mock::Mock;

use self::documentation::{Item, items};
use crate::report::milliseconds;

/// Passages that a search gives; what is not among them counts as not found.
const DEPTH: u64 = 10;

/// A model at an OpenAI-compatible server.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Servers {
    /// Base URL of a server that makes embeddings (up to and with /v1); the scripted one, which knows no meaning, if absent.
    #[arg(long, requires = "embedding_model")]
    embeddings: Option<String>,
    #[arg(long)]
    embedding_model: Option<String>,
    /// Base URL of a server with a rerank endpoint; the scripted one, which counts shared words, if absent.
    #[arg(long, requires = "rerank_model")]
    rerank: Option<String>,
    #[arg(long)]
    rerank_model: Option<String>,
}

/// One way to search.
struct Way {
    name: &'static str,
    embeds: bool,
    reranks: bool,
}

const WAYS: [Way; 4] = [
    Way { name: "words", embeds: false, reranks: false },
    Way { name: "words, reranked", embeds: false, reranks: true },
    Way { name: "words and meaning (hybrid)", embeds: true, reranks: false },
    Way { name: "hybrid, reranked", embeds: true, reranks: true },
];

pub(crate) async fn run(questions: usize, passages: usize, servers: &Servers) {
    let items = match items(passages) {
        Ok(items) if items.len() >= questions.max(1) => items,
        Ok(items) => {
            println!("skipped: only {} passages were found for {questions} questions", items.len());
            return;
        }
        Err(missing) => {
            println!("skipped: {missing}");
            return;
        }
    };
    let mock = Mock::start().await;
    let skein = Single::builder().setting("SKEIN_LIMITS__PER_ADDRESS_RPS", "1000000").start().await;
    let admin = skein.client().sign_up("bench").await;
    admin.connect("openai", &mock.openai_url(), json!({})).await;
    let embedding = match (&servers.embeddings, &servers.embedding_model) {
        (Some(url), Some(model)) => {
            admin.connect("openai", url, json!({"prefix": "e/"})).await;
            format!("e/{model}")
        }
        _ => "mock-embed".to_owned(),
    };
    let reranker = match (&servers.rerank, &servers.rerank_model) {
        (Some(url), Some(model)) => {
            admin.connect("openai", url, json!({"prefix": "r/"})).await;
            format!("r/{model}")
        }
        _ => "mock-rerank".to_owned(),
    };
    choose(&admin, Some(&embedding), None).await;
    let began = Instant::now();
    let (collection, files) = fill(&admin, &items).await;
    println!("\n## Quality of search: {questions} questions over {} passages\n", items.len());
    println!(
        "Vectors by `{embedding}`, reranked by `{reranker}`, SQLite; all read in {:.0?}.\n",
        began.elapsed()
    );
    println!("| search | recall@1 | recall@5 | MRR@{DEPTH} | p50 of a search |");
    println!("|---|---|---|---|---|");
    let asked: Vec<(&Item, &String)> = items.iter().zip(&files).take(questions).collect();
    meaning_alone(&admin, &embedding, &items, questions).await;
    for way in WAYS {
        let (model, rerank) = (way.embeds.then_some(&embedding), way.reranks.then_some(&reranker));
        choose(&admin, model.map(String::as_str), rerank.map(String::as_str)).await;
        let mut places = Vec::new();
        let mut times = Vec::new();
        for (item, file) in &asked {
            let began = Instant::now();
            let found = admin.search(&collection, &item.question, DEPTH).await;
            times.push(began.elapsed());
            places.push(found.iter().position(|passage| passage.file_id == **file));
        }
        print(way.name, &places, crate::report::percentile(&times, 50));
    }
}

async fn choose(admin: &Client, embedding: Option<&str>, rerank: Option<&str>) {
    let settings = json!({"embedding_model": embedding, "rerank_model": rerank});
    let _: Value = admin.patch("/api/v1/admin/settings", &settings).await.expect(200);
}

/// Uploads each passage as a file of its own; gives their ids in the same order.
async fn fill(admin: &Client, items: &[Item]) -> (String, Vec<String>) {
    let uploads = items.iter().enumerate().map(|(n, item)| {
        let name = format!("{n}.md");
        async move { admin.upload(&name, item.passage.clone().into_bytes()).await.id }
    });
    let files: Vec<String> = stream::iter(uploads).buffered(8).collect().await;
    for file in &files {
        let file = admin.settled(file).await;
        assert_eq!(file.state, "ready", "{:?}", file.error);
    }
    let ids: Vec<&str> = files.iter().map(String::as_str).collect();
    (admin.collect("documentation", &ids).await, files)
}

/// What the vectors know by themselves: the exact order by cosine, made here from the same model.
async fn meaning_alone(admin: &Client, model: &str, items: &[Item], questions: usize) {
    let mut passages = Vec::new();
    for part in items.chunks(32) {
        passages.extend(
            embed(admin, model, &part.iter().map(|item| item.passage.as_str()).collect::<Vec<_>>()).await,
        );
    }
    let mut places = Vec::new();
    for (right, item) in items.iter().enumerate().take(questions) {
        let question = embed(admin, model, &[item.question.as_str()]).await.remove(0);
        let score = |n: usize| cosine(&question, &passages[n]);
        let better = (0..passages.len()).filter(|n| score(*n) > score(right)).count();
        places.push(Some(better).filter(|place| *place < usize::try_from(DEPTH).unwrap_or(usize::MAX)));
    }
    print("meaning (cosine over all, outside Skein)", &places, None);
}

async fn embed(admin: &Client, model: &str, texts: &[&str]) -> Vec<Vec<f32>> {
    let answer: Value =
        admin.post("/v1/embeddings", &json!({"model": model, "input": texts})).await.expect(200);
    let data = answer["data"].as_array().cloned().unwrap_or_default();
    data.into_iter().map(|one| serde_json::from_value(one["embedding"].clone()).expect("numbers")).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a).sqrt() * dot(b, b).sqrt()).max(f32::MIN_POSITIVE)
}

fn print(name: &str, places: &[Option<usize>], time: Option<Duration>) {
    let count = places.len().max(1) as f64;
    let within = |most: usize| places.iter().flatten().filter(|place| **place < most).count() as f64 / count;
    let reciprocal: f64 = places.iter().flatten().map(|place| 1.0 / (*place as f64 + 1.0)).sum();
    println!(
        "| {name} | {:.3} | {:.3} | {:.3} | {} |",
        within(1),
        within(5),
        reciprocal / count,
        milliseconds(time)
    );
}
