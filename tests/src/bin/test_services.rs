//! Starts what a run of tests stands on, prints one `NAME=value` line for each part and `ready`, and runs until it is
//! told to stop.

#![allow(clippy::print_stdout, reason = "whoever starts it reads its output")]

use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use skein_tests::cluster::{Cluster, Node, Single};
use skein_tests::mock::Mock;
use skein_tests::services::{MariaDb, Missing, Postgres, Redis, stop_signal};

#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The servers that all tests share, for `SKEIN_TEST_POSTGRES` and its like.
    Databases,
    /// A Skein with a scripted model server behind it, for clients of other languages.
    Stand {
        /// API nodes; more than one need Redis and PostgreSQL.
        #[arg(long, default_value_t = 1)]
        nodes: usize,
        /// No account and no connection yet: what a first visitor finds.
        #[arg(long)]
        empty: bool,
    },
}

#[tokio::main]
async fn main() {
    match Options::parse().what {
        What::Databases => databases().await,
        What::Stand { nodes, empty } => {
            if let Err(missing) = stand(nodes, empty).await {
                println!("skipped: {missing}");
            }
        }
    }
}

async fn databases() {
    let postgres = Postgres::start_private().await;
    let mariadb = MariaDb::start_private().await;
    let redis = Redis::start().await;
    tell("SKEIN_TEST_POSTGRES", postgres.as_ref().map(|server| server.admin_url().to_owned()));
    tell("SKEIN_TEST_MYSQL", mariadb.as_ref().map(|server| server.admin_url().to_owned()));
    tell("SKEIN_TEST_REDIS", redis.as_ref().map(Redis::url));
    println!("ready");
    stop_signal().await;
}

fn tell(name: &str, url: Result<String, &Missing>) {
    match url {
        Ok(url) => println!("{name}={url}"),
        Err(missing) => println!("skipped: {missing}"),
    }
}

async fn stand(nodes: usize, empty: bool) -> Result<(), Missing> {
    let mock = Mock::start().await;
    let (cluster, single);
    let apis: Vec<&Node> = if nodes > 1 {
        cluster = Cluster::builder().apis(nodes).workers(1).start().await?;
        cluster.apis.iter().collect()
    } else {
        single = Single::start().await;
        vec![&single.node]
    };
    println!("SKEIN_E2E_URL={}", apis[0].url());
    println!("SKEIN_E2E_URL_B={}", apis.last().expect("at least one").url());
    println!("SKEIN_E2E_UPSTREAM={}", mock.openai_url());
    println!("SKEIN_E2E_UPSTREAM_OLLAMA={}", mock.ollama_url());
    if !empty {
        let admin = apis[0].client().sign_up("admin").await;
        admin.connect("openai", &mock.openai_url(), json!({})).await;
        let key: Value = admin.post("/api/v1/api-keys", &json!({"name": "clients"})).await.expect(201);
        println!("SKEIN_E2E_API_KEY={}", key["key"].as_str().unwrap_or_default());
    }
    println!("ready");
    stop_signal().await;
    Ok(())
}
