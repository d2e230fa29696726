use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use skein_tests::client::{Client, Send};
use skein_tests::cluster::Cluster;
use skein_tests::or_skip;
use skein_tests::reply::numbered;
use skein_tests::services::{Missing, Nginx};

use super::Stand;

/// Two API nodes behind the proxy of compose, and the admin at the proxy.
async fn behind_the_proxy() -> Result<(Stand, Nginx, Client), Missing> {
    let stand = Stand::with(Cluster::builder()).await?;
    let nodes: Vec<String> = stand.cluster.apis.iter().map(skein_tests::cluster::Node::url).collect();
    let nginx = Nginx::start(&nodes).await?;
    let admin = stand.admin.at(&nginx.url());
    Ok((stand, nginx, admin))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_behind_the_proxy_is_missed_by_nobody() {
    let (stand, _nginx, admin) = or_skip!(behind_the_proxy().await);
    let sending = (0..40).map(|_| async {
        let chat = admin.create_chat("mock").await;
        let content = "go [[tokens=150 rate=30]]";
        let turn = admin.send(&chat.id, content).await;
        stand.ledger.accepted(&turn, content, Some(150));
        turn.generation.id
    });
    let generations = join_all(sending).await;
    let mut readers: Vec<_> = generations.iter().map(|generation| admin.reader(generation)).collect();
    join_all(readers.iter_mut().map(|reader| reader.until(|reply| reply.text.contains("t20 ")))).await;
    stand.cluster.apis[0].kill();
    let asking = async {
        for _ in 0..200 {
            assert_eq!(admin.get("/api/v1/me").await.status, 200);
        }
    };
    let (replies, ()) =
        tokio::join!(join_all(readers.into_iter().map(skein_tests::client::Reader::to_end)), asking);
    for (generation, reply) in generations.iter().zip(replies) {
        stand.ledger.received(generation, reply);
    }
    let audit = stand.ledger.audit(&admin, Duration::from_secs(10)).await;
    audit.assert_clean();
    assert_eq!((audit.completed, audit.restarted), (40, 0), "{audit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_with_a_key_survives_the_node_that_took_it() {
    let (stand, _nginx, admin) = or_skip!(behind_the_proxy().await);
    let chats = join_all((0..120).map(|_| admin.create_chat("mock"))).await;
    let sending = chats.iter().enumerate().map(|(number, chat)| {
        let admin = admin.clone();
        async move {
            // Spread over the time in which the node dies.
            tokio::time::sleep(Duration::from_millis(number as u64 * 4)).await;
            let key = Some(format!("key-{number}"));
            let options = Send { idempotency_key: key, ..Send::default() };
            admin.try_send(&chat.id, "go [[tokens=3]]", &options).await
        }
    });
    let killing = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stand.cluster.apis[0].kill();
    };
    let (answers, ()) = tokio::join!(join_all(sending), killing);
    for (chat, answer) in chats.iter().zip(answers) {
        assert_eq!(answer.status, 202, "{}", answer.text);
        assert_eq!(admin.messages(&chat.id).await.len(), 2, "the message is there once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_holds_no_token_back() {
    let (_stand, _nginx, admin) = or_skip!(behind_the_proxy().await);
    let chat = admin.create_chat("mock").await;
    let began = Instant::now();
    let turn = admin.send(&chat.id, "go [[tokens=100 rate=20]]").await;
    let mut reader = admin.reader(&turn.generation.id);
    reader.until(|reply| reply.text.contains("t10 ")).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?} for half a second of tokens", began.elapsed());
    assert!(reader.reply.end.is_none());
    // A WebSocket goes the same way.
    let topic = format!("generation:{}", turn.generation.id);
    let mut socket = admin.socket().await;
    socket.subscribe(&topic, None).await;
    let (streamed, heard) = tokio::join!(reader.to_end(), socket.read(&topic));
    assert_eq!((streamed.text, heard.text), (numbered(0, 100), numbered(0, 100)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_hides_metrics_and_offers_no_other_protocol() {
    let (stand, nginx, admin) = or_skip!(behind_the_proxy().await);
    assert_eq!(stand.at(0).get("/metrics").await.status, 200);
    for path in ["/metrics", "//metrics", "/%6detrics"] {
        assert_eq!(admin.get(path).await.status, 404, "{path}");
    }
    let id = "given-by-the-client";
    let request = admin.request(Method::GET, "/api/v1/me").header("X-Request-Id", id);
    assert_eq!(admin.send_request(request).await.headers["x-request-id"], id);
    // Another protocol is not offered to the nodes, so the request is an ordinary one.
    let request = Client::new(&nginx.url()).request(Method::GET, "/api/v1/info");
    let request = request.header("Connection", "Upgrade").header("Upgrade", "h2c");
    assert_eq!(Client::new(&nginx.url()).send_request(request).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_node_the_proxy_answers_in_the_form_of_the_api() {
    let (mut stand, _nginx, admin) = or_skip!(behind_the_proxy().await);
    for node in &mut stand.cluster.apis {
        node.kill();
    }
    let chat = "/api/v1/chats/00000000-0000-7000-8000-000000000000/messages";
    let with_key = admin.request(Method::POST, chat).header("Idempotency-Key", "k").json(&json!({}));
    for answer in [admin.get("/api/v1/me").await, admin.send_request(with_key).await] {
        answer.refuses(502, "unavailable");
        assert_eq!(answer.headers["retry-after"], "2");
        assert_eq!(answer.body["request_id"], answer.headers["x-request-id"].to_str().unwrap());
    }
}
