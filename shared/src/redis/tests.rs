use ::redis::{cmd, pipe};
use tokio::time::{sleep, timeout};

use super::*;
use crate::testing::{RedisServer, free_port, redis_is_installed};

const SOON: Duration = Duration::from_secs(15);

async fn connect(url: String) -> (Redis, Shutdown) {
    let shutdown = Shutdown::new();
    (Redis::connect(RedisSettings::new(url), &shutdown).await.unwrap(), shutdown)
}

async fn set(redis: &Redis, value: u32) -> Result<()> {
    redis.cmd(cmd("SET").arg("value").arg(value)).await
}

async fn get(redis: &Redis) -> Result<u32> {
    redis.cmd(cmd("GET").arg("value")).await
}

/// Writes until a write succeeds, as callers do; how long that took.
async fn set_again(redis: &Redis, value: u32) -> Duration {
    let start = Instant::now();
    while let Err(error) = set(redis, value).await {
        assert!(start.elapsed() < SOON, "{error:?}");
        assert!(error.is_transient(), "{error:?}");
        sleep(Duration::from_millis(50)).await;
    }
    start.elapsed()
}

async fn heard(subscription: &mut Subscription) -> Heard {
    timeout(SOON, subscription.next()).await.expect("nothing was heard").expect("the subscription ended")
}

async fn publish(redis: &Redis, channel: &str, message: &str) -> i64 {
    redis.cmd(cmd("PUBLISH").arg(channel).arg(message)).await.unwrap()
}

#[tokio::test]
async fn who_cannot_be_reached_is_said_without_the_password() {
    let port = free_port();
    let url = format!("redis://app:hunter2@127.0.0.1:{port}");
    let Err(error) = Redis::connect(RedisSettings::new(url), &Shutdown::new()).await else {
        panic!("connected")
    };
    let text = format!("{error:?}");
    assert!(
        text.contains(&port.to_string()) && text.contains("SKEIN_REDIS__URL") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn a_wrong_password_is_said_at_once() {
    if !redis_is_installed() {
        return;
    }
    let server = RedisServer::start_with(&["--requirepass", "right"]);
    let start = Instant::now();
    let url = format!("redis://:hunter2@127.0.0.1:{}", server.port);
    let Err(error) = Redis::connect(RedisSettings::new(url), &Shutdown::new()).await else {
        panic!("connected")
    };
    assert!(start.elapsed() < Duration::from_secs(2));
    let text = format!("{error:?}");
    assert!(text.contains("password") && !text.contains("hunter2"), "{text}");
    let (redis, _shutdown) = connect(format!("redis://:right@127.0.0.1:{}/3", server.port)).await;
    set(&redis, 1).await.unwrap();
}

#[tokio::test]
async fn commands_pipelines_and_scripts_answer() {
    if !redis_is_installed() {
        return;
    }
    let server = RedisServer::start();
    let (redis, _shutdown) = connect(server.url()).await;
    assert_eq!(redis.key("{gen:1}:log"), "skein:{gen:1}:log");
    set(&redis, 7).await.unwrap();
    let (a, b): (u32, u32) =
        redis.pipe(pipe().cmd("INCR").arg("value").cmd("INCR").arg("value")).await.unwrap();
    assert_eq!((a, b), (8, 9));
    let script = Script::new("return {KEYS[1], ARGV[1], ARGV[2]}");
    for _ in 0..2 {
        let answer: (String, String, u32) = redis.script(&script.keys(&["k"]).arg("a").arg(2)).await.unwrap();
        assert_eq!(answer, ("k".into(), "a".into(), 2));
        redis.cmd::<()>(cmd("SCRIPT").arg("FLUSH")).await.unwrap();
    }
    assert!(redis.ping().await.unwrap() < Duration::from_secs(1));
    let error = redis.cmd::<()>(cmd("LPUSH").arg("value").arg(1)).await.unwrap_err();
    assert!(redis.is_up(), "{error:?}");
}

#[test]
fn only_harmless_commands_are_repeated() {
    for harmless in [
        cmd("GET").arg("k"),
        cmd("set").arg("k").arg("v").arg("PX").arg(5),
        cmd("XADD").arg("k").arg("1-1").arg("f").arg("v"),
        cmd("PUBLISH").arg("c").arg("m"),
    ] {
        assert!(is_repeatable(harmless));
    }
    for harmful in [
        cmd("INCR").arg("k"),
        cmd("LPUSH").arg("k").arg("v"),
        cmd("SET").arg("k").arg("v").arg("nx"),
        cmd("XADD").arg("k").arg("*").arg("f").arg("v"),
        cmd("ZADD").arg("k").arg("INCR").arg(1).arg("m"),
        cmd("EVAL").arg("return 1").arg(0),
    ] {
        assert!(!is_repeatable(harmful));
    }
}

#[tokio::test]
async fn a_restarted_server_is_used_again_without_a_failed_command() {
    if !redis_is_installed() {
        return;
    }
    let mut server = RedisServer::start();
    let (redis, _shutdown) = connect(server.url()).await;
    let mut subscription = redis.subscribe("c");
    subscription.ready(SOON).await.unwrap();
    set(&redis, 1).await.unwrap();
    server.restart();
    set(&redis, 2).await.unwrap();
    assert_eq!(get(&redis).await.unwrap(), 2);
    assert_eq!(heard(&mut subscription).await, Heard::Gap);
    publish(&redis, "c", "again").await;
    assert_eq!(heard(&mut subscription).await, Heard::Message("again".into()));
}

#[tokio::test]
async fn a_long_outage_fails_commands_at_once_and_ends_by_itself() {
    if !redis_is_installed() {
        return;
    }
    let mut server = RedisServer::start();
    let shutdown = Shutdown::new();
    let mut settings = RedisSettings::new(server.url());
    settings.response_timeout = Duration::from_secs(1);
    let redis = Redis::connect(settings, &shutdown).await.unwrap();
    server.kill();
    let start = Instant::now();
    assert!(set(&redis, 1).await.unwrap_err().is_transient());
    assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
    let start = Instant::now();
    assert!(set(&redis, 1).await.unwrap_err().is_transient());
    assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
    assert!(!redis.is_up());
    server.restart();
    set_again(&redis, 2).await;
    assert!(redis.is_up());
}

#[tokio::test]
async fn an_old_reader_that_leaves_does_not_end_a_new_one() {
    if !redis_is_installed() {
        return;
    }
    let server = RedisServer::start();
    let (redis, _shutdown) = connect(server.url()).await;
    for round in 0..50 {
        let old = redis.subscribe("c");
        if round % 2 == 0 {
            old.ready(SOON).await.unwrap();
        }
        let mut new = redis.subscribe("c");
        drop(old);
        new.ready(SOON).await.unwrap();
        assert_eq!(publish(&redis, "c", "m").await, 1);
        assert_eq!(heard(&mut new).await, Heard::Message("m".into()));
    }
    // Beyond the time after which a channel that was left is unsubscribed.
    let old = redis.subscribe("c");
    old.ready(SOON).await.unwrap();
    drop(old);
    let mut new = redis.subscribe("c");
    sleep(hub::LINGER + Duration::from_secs(1)).await;
    assert_eq!(publish(&redis, "c", "still").await, 1);
    assert_eq!(heard(&mut new).await, Heard::Message("still".into()));
    drop(new);

    // The last one leaves; the channel stays for a while and goes.
    assert_eq!(redis.listeners("c"), Some(0));
    assert_eq!(publish(&redis, "c", "m").await, 1);
    let start = Instant::now();
    while publish(&redis, "c", "m").await != 0 {
        assert!(start.elapsed() < SOON, "never unsubscribed");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(redis.listeners("c"), None);
    let mut again = redis.subscribe("c");
    again.ready(SOON).await.unwrap();
    assert_eq!(publish(&redis, "c", "back").await, 1);
    assert_eq!(heard(&mut again).await, Heard::Message("back".into()));
}

#[tokio::test]
async fn a_slow_listener_hears_a_gap_and_then_what_is_new() {
    if !redis_is_installed() {
        return;
    }
    let server = RedisServer::start();
    let (redis, _shutdown) = connect(server.url()).await;
    let mut slow = redis.subscribe("c");
    let mut other = redis.subscribe("d");
    slow.ready(SOON).await.unwrap();
    other.ready(SOON).await.unwrap();
    for n in 0..1000 {
        publish(&redis, "c", &n.to_string()).await;
    }
    // Heard after the thousand, as one connection brings both.
    publish(&redis, "d", "m").await;
    assert_eq!(heard(&mut other).await, Heard::Message("m".into()));
    assert_eq!(heard(&mut slow).await, Heard::Gap);
    let mut last = None;
    while let Ok(Some(Heard::Message(message))) = timeout(Duration::from_millis(100), slow.next()).await {
        let n: u32 = std::str::from_utf8(&message).unwrap().parse().unwrap();
        assert!(last.is_none_or(|last| n == last + 1), "{n} after {last:?}");
        last = Some(n);
    }
    assert_eq!(last, Some(999));
}

#[tokio::test]
async fn ten_thousand_channels_come_back_after_a_restart() {
    if !redis_is_installed() {
        return;
    }
    let mut server = RedisServer::start();
    let (redis, _shutdown) = connect(server.url()).await;
    let mut all: Vec<Subscription> = (0..10_000).map(|n| redis.subscribe(&format!("c{n}"))).collect();
    for subscription in &all {
        subscription.ready(SOON).await.unwrap();
    }
    server.restart();
    for subscription in &mut all {
        assert_eq!(heard(subscription).await, Heard::Gap);
    }
    assert_eq!(publish(&redis, "c9999", "m").await, 1);
    assert_eq!(heard(&mut all[9999]).await, Heard::Message("m".into()));
}

#[tokio::test]
async fn subscriptions_end_with_the_process() {
    if !redis_is_installed() {
        return;
    }
    let server = RedisServer::start();
    let (redis, shutdown) = connect(server.url()).await;
    let mut subscription = redis.subscribe("c");
    subscription.ready(SOON).await.unwrap();
    shutdown.stop();
    assert_eq!(timeout(SOON, subscription.next()).await.unwrap(), None);
    assert!(shutdown.wait(SOON).await);
    assert_eq!(redis.subscribe("d").next().await, None);
}

/// A master, two replicas and three Sentinels.
struct Guarded {
    servers: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

impl Guarded {
    async fn start() -> Self {
        let master = RedisServer::start();
        let of = ["--replicaof", "127.0.0.1", &master.port.to_string()].map(str::to_owned);
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let sentinels = (0..3).map(|_| RedisServer::start_sentinel("main", master.port, 2)).collect();
        let servers = vec![master, RedisServer::start_with(&of), RedisServer::start_with(&of)];
        let guarded = Self { servers, sentinels };
        let start = Instant::now();
        loop {
            let seen = guarded.sentinels.iter().all(|sentinel| {
                let answer = sentinel.command("SENTINEL MASTER main").unwrap_or_default();
                let field = |name: &str| {
                    answer.split("\r\n").skip_while(|line| *line != name).nth(2).map(str::to_owned)
                };
                field("num-slaves").as_deref() == Some("2")
                    && field("num-other-sentinels").as_deref() == Some("2")
            });
            let synced = guarded.servers[0].command("INFO replication").unwrap_or_default();
            if seen && synced.matches("state=online").count() == 2 {
                return guarded;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the Sentinels don't find each other");
            sleep(Duration::from_millis(200)).await;
        }
    }

    fn url(&self) -> String {
        let hosts: Vec<String> = self.sentinels.iter().map(|s| format!("127.0.0.1:{}", s.port)).collect();
        format!("redis+sentinel://{}/main", hosts.join(","))
    }
}

#[tokio::test]
async fn a_failover_is_over_within_seconds() {
    if !redis_is_installed() {
        return;
    }
    let mut guarded = Guarded::start().await;
    let (redis, _shutdown) = connect(guarded.url()).await;
    let mut subscription = redis.subscribe("c");
    subscription.ready(SOON).await.unwrap();
    set(&redis, 1).await.unwrap();

    // By command: the old master lives on as a replica and answers READONLY.
    guarded.sentinels[0].command("SENTINEL FAILOVER main").unwrap();
    let role = |server: &RedisServer| server.command("ROLE").unwrap_or_default().contains("master");
    let start = Instant::now();
    let mut value = 1;
    while role(&guarded.servers[0]) {
        assert!(start.elapsed() < Duration::from_secs(30), "no failover");
        value += 1;
        set_again(&redis, value).await;
        sleep(Duration::from_millis(20)).await;
    }
    let took = set_again(&redis, 1000).await;
    assert!(took < SOON, "{took:?}");
    assert_eq!(get(&redis).await.unwrap(), 1000);
    eventually_hears(&redis, &mut subscription).await;

    // By kill -9 of whoever is the master now, once the old one has joined the new one as its replica.
    let start = Instant::now();
    let master = loop {
        let synced = |server: &RedisServer| server.command("INFO replication").unwrap_or_default();
        let found =
            guarded.servers.iter().position(|server| synced(server).matches("state=online").count() == 2);
        match found {
            Some(master) => break master,
            None => assert!(start.elapsed() < Duration::from_secs(60), "the old master did not come back"),
        }
        sleep(Duration::from_millis(100)).await;
    };
    guarded.servers[master].kill();
    let took = set_again(&redis, 2000).await;
    assert!(took < SOON, "{took:?}");
    assert_eq!(get(&redis).await.unwrap(), 2000);
    eventually_hears(&redis, &mut subscription).await;
}

/// After a failover the listener has heard a gap and hears new messages.
async fn eventually_hears(redis: &Redis, subscription: &mut Subscription) {
    let mark = uuid::Uuid::new_v4().to_string();
    let start = Instant::now();
    let mut gap = false;
    loop {
        let _ = redis.cmd::<i64>(cmd("PUBLISH").arg("c").arg(&mark)).await;
        match timeout(Duration::from_millis(100), subscription.next()).await {
            Ok(Some(Heard::Gap)) => gap = true,
            Ok(Some(Heard::Message(message))) if message == mark && gap => return,
            _ => {}
        }
        assert!(start.elapsed() < SOON, "nothing is heard any more");
    }
}
