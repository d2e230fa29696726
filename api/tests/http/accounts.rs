//! Accounts as people and programs meet them.

use poem::http::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use shared::entity::{api_key, session, user};

use crate::node::{Answer, Node};

const SIGN_IN: &str = "/api/v1/auth/sign-in";
const REFRESH: &str = "/api/v1/auth/refresh";

fn entry(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

async fn me(node: &Node, token: &str) -> Answer {
    node.get("/api/v1/me").bearer(token).send().await
}

#[tokio::test]
async fn the_first_user_is_admin_and_the_next_waits() {
    let node = Node::start(&[]).await;
    assert_eq!(node.get("/api/v1/info").send().await.json()["has_users"], false);
    let admin = node.sign_up("Ada@Example.org").await;
    let pending = node.sign_up("bob@example.org").await;
    let profile = me(&node, &admin).await.json();
    assert_eq!((&profile["role"], &profile["email"]), (&json!("admin"), &json!("ada@example.org")));
    let waiting = me(&node, &pending).await.json();
    assert_eq!(waiting["role"], "pending");
    for path in ["/api/v1/sessions", "/api/v1/api-keys", "/api/v1/admin/users"] {
        let refused = node.get(path).bearer(&pending).send().await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "account_pending"), "{path}");
    }
    let path = format!("/api/v1/admin/users/{}", waiting["id"].as_str().unwrap());
    let approve = || node.call(Method::PATCH, &path).json(&json!({"role": "user"}));
    assert_eq!(approve().bearer(&pending).send().await.status, 403);
    assert_eq!(approve().bearer(&admin).send().await.json()["role"], "user");
    assert_eq!(node.get("/api/v1/sessions").bearer(&pending).send().await.status, 200);
    assert_eq!(node.call(Method::POST, "/api/v1/auth/sign-out").bearer(&pending).send().await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_racing_sign_ups_make_one_admin() {
    let node = Node::start(&[("SKEIN_AUTH__SIGN_UP", "open")]).await;
    let names: Vec<String> = (0..50).map(|n| format!("racer{n}@example.org")).collect();
    futures_util::future::join_all(names.iter().map(|name| node.sign_up(name))).await;
    let users = user::Entity::find().all(&node.ctx.db).await.unwrap();
    assert_eq!(users.len(), 50);
    assert_eq!(users.iter().filter(|u| u.role == user::Role::Admin).count(), 1);
}

#[tokio::test]
async fn sign_up_follows_the_setting_from_the_next_request_on() {
    let node = Node::start(&[]).await;
    let admin = node.sign_up("admin@example.org").await;
    let set = |rule: &str| {
        let body = json!({"sign_up": rule});
        node.call(Method::PATCH, "/api/v1/admin/settings").json(&body).bearer(&admin).send()
    };
    assert_eq!(set("open").await.json()["sign_up"], "open");
    let open = node.sign_up("one@example.org").await;
    assert_eq!(me(&node, &open).await.json()["role"], "user");
    assert_eq!(set("closed").await.status, 200);
    let body = json!({"email": "two@example.org", "name": "Two", "password": "correct horse"});
    let refused = node.post("/api/v1/auth/sign-up", &body).send().await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "sign_up_closed"));
    assert_eq!(set("maybe").await.status, 400);
    let taken = json!({"email": "ONE@example.org ", "name": "Two", "password": "correct horse"});
    set("open").await;
    let refused = node.post("/api/v1/auth/sign-up", &taken).send().await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (409, "email_taken"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let node = Node::start(&[]).await;
    node.sign_up("ada@example.org").await;
    let mut told = Vec::new();
    for body in [
        entry("ada@example.org", "wrong horse"),
        entry("bob@example.org", "wrong horse"),
        entry("nobody", "wrong horse"),
        entry("ada@example.org", &"x".repeat(100_000)),
    ] {
        let answer = node.post(SIGN_IN, &body).send().await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "invalid_credentials"));
        assert!(answer.headers.get("set-cookie").is_none());
        told.push(answer.json()["detail"].clone());
    }
    assert!(told.iter().all(|detail| *detail == told[0]));
    let right = node.post(SIGN_IN, &entry(" ADA@example.org", "correct horse")).send().await;
    assert_eq!(right.status, 200);
}

#[tokio::test]
async fn guessing_is_slowed_and_signing_in_rightly_is_not() {
    let node = Node::start(&[("SKEIN_AUTH__ATTEMPTS_PER_MINUTE", "3")]).await;
    node.sign_up("ada@example.org").await;
    for _ in 0..5 {
        assert_eq!(node.post(SIGN_IN, &entry("ada@example.org", "correct horse")).send().await.status, 200);
    }
    for _ in 0..3 {
        assert_eq!(node.post(SIGN_IN, &entry("ada@example.org", "wrong horse")).send().await.status, 401);
    }
    let refused = node.post(SIGN_IN, &entry("ada@example.org", "correct horse")).send().await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "too_many_attempts"));
    assert!((1..=20).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
}

#[tokio::test]
async fn a_session_that_was_ended_is_worth_nothing() {
    let node = Node::start(&[]).await;
    let first = node.sign_up("ada@example.org").await;
    let answer = node.post(SIGN_IN, &entry("ada@example.org", "correct horse")).send().await;
    let second = answer.json()["token"].as_str().unwrap().to_owned();
    let list = node.get("/api/v1/sessions").bearer(&second).send().await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["current"], &items[1]["current"]), (2, &json!(true), &json!(false)));
    let page = node.get("/api/v1/sessions?limit=1").bearer(&second).send().await.json();
    let next = format!("/api/v1/sessions?limit=1&after={}", page["next"].as_str().unwrap());
    let rest = node.get(&next).bearer(&second).send().await.json();
    assert_eq!((&rest["items"][0]["id"], &rest["next"]), (&items[1]["id"], &Value::Null));

    // Both have been looked up before: what is held in memory must not save them.
    assert_eq!(me(&node, &first).await.status, 200);
    let path = format!("/api/v1/sessions/{}", items[1]["id"].as_str().unwrap());
    assert_eq!(node.call(Method::DELETE, &path).bearer(&second).send().await.status, 204);
    let refused = me(&node, &first).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (401, "session_ended"));
    assert_eq!(node.call(Method::POST, REFRESH).bearer(&first).send().await.problem(), "session_ended");
    assert_eq!(node.call(Method::DELETE, &path).bearer(&second).send().await.status, 404);

    let bob = node.sign_up("bob@example.org").await;
    let path = format!("/api/v1/sessions/{}", items[0]["id"].as_str().unwrap());
    assert_eq!(node.call(Method::DELETE, &path).bearer(&bob).send().await.status, 403);
    assert_eq!(me(&node, &second).await.status, 200);
    assert_eq!(node.call(Method::POST, "/api/v1/auth/sign-out").bearer(&second).send().await.status, 204);
    assert_eq!(me(&node, &second).await.status, 401);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let node = Node::start(&[]).await;
    let first = node.sign_up("ada@example.org").await;
    let answer = node.post(SIGN_IN, &entry("ada@example.org", "correct horse")).send().await;
    let second = answer.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(me(&node, &first).await.status, 200);
    let change = |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        node.post("/api/v1/me/password", &body).bearer(&second).send()
    };
    assert_eq!(change("wrong horse", "another horse").await.problem(), "wrong_password");
    assert_eq!(change("correct horse", "short").await.json()["errors"][0]["field"], "new");
    assert_eq!(change("correct horse", "another horse").await.status, 204);
    assert_eq!(me(&node, &first).await.status, 401);
    assert_eq!(me(&node, &second).await.status, 200);
    assert_eq!(node.post(SIGN_IN, &entry("ada@example.org", "correct horse")).send().await.status, 401);
    assert_eq!(node.post(SIGN_IN, &entry("ada@example.org", "another horse")).send().await.status, 200);
}

#[tokio::test]
async fn an_expired_token_can_be_refreshed_while_its_session_lives() {
    let node = Node::start(&[]).await;
    let token = node.sign_up("ada@example.org").await;
    let old = node.expired(&token);
    let refused = me(&node, &old).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (401, "token_expired"));
    let fresh = node.call(Method::POST, REFRESH).bearer(&old).send().await;
    assert_eq!(fresh.status, 200);
    assert!(fresh.header("set-cookie").starts_with("skein="));
    assert_eq!(me(&node, fresh.json()["token"].as_str().unwrap()).await.status, 200);
    assert_eq!(node.call(Method::POST, REFRESH).bearer("a.b.c").send().await.problem(), "invalid_token");
    assert_eq!(node.call(Method::POST, REFRESH).send().await.problem(), "unauthenticated");

    session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(node.ctx.clock.now_ms() - 1))
        .exec(&node.ctx.db)
        .await
        .unwrap();
    assert_eq!(node.call(Method::POST, REFRESH).bearer(&old).send().await.problem(), "session_ended");
}

#[tokio::test]
async fn the_cookie_signs_in_our_own_page_alone() {
    let node = Node::start(&[("SKEIN_SERVER__PUBLIC_URL", "https://chat.example")]).await;
    let body = json!({"email": "ada@example.org", "name": "Ada", "password": "correct horse"});
    let entered = node.post("/api/v1/auth/sign-up", &body).send().await;
    let set = entered.header("set-cookie").to_owned();
    assert!(
        set.starts_with("skein=") && set.contains("HttpOnly; SameSite=Lax") && !set.contains("Secure"),
        "{set}"
    );
    let cookie = set.split(';').next().unwrap();
    assert_eq!(node.get("/api/v1/me").header("cookie", cookie).send().await.status, 200);
    let rename = |name: &'static str, value: &str| {
        let call = node.call(Method::PATCH, "/api/v1/me").json(&json!({"name": "Lovelace"}));
        call.header("cookie", cookie).header(name, value).send()
    };
    assert_eq!(rename("sec-fetch-site", "same-origin").await.json()["name"], "Lovelace");
    assert_eq!(rename("origin", "http://skein.test").await.status, 200);
    assert_eq!(rename("origin", "https://chat.example").await.status, 200);
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let refused = rename(name, value).await;
        assert_eq!(
            (refused.status.as_u16(), refused.problem().as_str()),
            (403, "cross_origin"),
            "{name} {value}"
        );
    }
    // A page of another site cannot sign anybody in either.
    let planted = node.post(SIGN_IN, &entry("ada@example.org", "correct horse"));
    assert_eq!(planted.header("origin", "https://evil.example").send().await.status, 403);
    let local = node.post(SIGN_IN, &entry("ada@example.org", "correct horse"));
    let set = local.header("host", "localhost:8080").send().await.header("set-cookie").to_owned();
    assert!(set.starts_with("__Host-skein=") && set.ends_with("; Secure"), "{set}");
    let left = node.call(Method::POST, "/api/v1/auth/sign-out").header("cookie", cookie);
    let left = left.header("sec-fetch-site", "same-origin").send().await;
    assert!(
        left.header("set-cookie").starts_with("skein=;") && left.header("set-cookie").contains("Max-Age=0")
    );
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_read_answers() {
    let node = Node::start(&[("SKEIN_SERVER__ALLOWED_ORIGINS", "https://cdn.example")]).await;
    let ask = |origin: &str| {
        let call = node.call(Method::OPTIONS, "/api/v1/me").header("origin", origin);
        call.header("access-control-request-method", "PATCH").send()
    };
    let answer = ask("https://cdn.example").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://cdn.example");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(ask("https://evil.example").await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_until_it_ends() {
    let node = Node::start(&[]).await;
    let token = node.sign_up("ada@example.org").await;
    let make = |by: &str, body: Value| node.post("/api/v1/api-keys", &body).bearer(by).send();
    let made = make(&token, json!({"name": "notebook"})).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("sk-") && key.starts_with(made["prefix"].as_str().unwrap()));
    assert_eq!(made["scopes"], json!(["inference", "chats"]));
    assert_eq!(me(&node, key).await.status, 200);
    assert_eq!(node.get("/api/v1/admin/users").bearer(key).send().await.problem(), "scope_missing");
    let listed = node.get("/api/v1/api-keys").bearer(&token).send().await;
    assert!(!listed.text.contains(key));
    assert_eq!(listed.json()["items"][0]["expires_at"], Value::Null);
    let row = api_key::Entity::find().one(&node.ctx.db).await.unwrap().unwrap();
    assert!(row.key_hash.len() == 64 && !key.contains(&row.key_hash));

    let doors = make(&token, json!({"name": "doors", "scopes": ["inference"]})).await.json();
    let doors = doors["key"].as_str().unwrap().to_owned();
    assert_eq!(me(&node, &doors).await.problem(), "scope_missing");
    assert_eq!(make(key, json!({"name": "more", "scopes": ["admin"]})).await.problem(), "forbidden");
    let admin = make(&token, json!({"name": "ops", "scopes": ["admin"]})).await.json();
    let admin = admin["key"].as_str().unwrap();
    assert_eq!(node.get("/api/v1/admin/users").bearer(admin).send().await.status, 200);
    assert_eq!(make(&token, json!({"name": "old", "expires_at": "2020-01-01T00:00:00Z"})).await.status, 400);

    let at = shared::entity::api_key::Column::ExpiresAt;
    api_key::Entity::update_many()
        .col_expr(at, Expr::value(node.ctx.clock.now_ms() - 1))
        .filter(api_key::Column::Name.eq("ops"))
        .exec(&node.ctx.db)
        .await
        .unwrap();
    node.ctx.credentials.forget_all();
    assert_eq!(node.get("/api/v1/admin/users").bearer(admin).send().await.problem(), "api_key_expired");

    let path = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(node.call(Method::DELETE, &path).bearer(&token).send().await.status, 204);
    assert_eq!(me(&node, key).await.problem(), "invalid_api_key");
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let node = Node::start(&[("SKEIN_AUTH__SIGN_UP", "open")]).await;
    let ada = node.sign_up("ada@example.org").await;
    let bob = node.sign_up("bob@example.org").await;
    let path = |profile: Value| format!("/api/v1/admin/users/{}", profile["id"].as_str().unwrap());
    let (ada_path, bob_path) = (path(me(&node, &ada).await.json()), path(me(&node, &bob).await.json()));
    let set = |path: &str, role: &str, by: &str| {
        node.call(Method::PATCH, path).json(&json!({"role": role})).bearer(by).send()
    };
    assert_eq!(set(&ada_path, "user", &ada).await.problem(), "last_admin");
    assert_eq!(set(&bob_path, "admin", &ada).await.status, 200);
    assert_eq!(set(&ada_path, "user", &bob).await.status, 200);
    assert_eq!(node.get("/api/v1/admin/users").bearer(&ada).send().await.problem(), "forbidden");
    assert_eq!(set(&bob_path, "pending", &bob).await.problem(), "last_admin");
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_null_takes_a_choice_away() {
    let node = Node::start(&[]).await;
    let admin = node.sign_up("ada@example.org").await;
    let path = "/api/v1/admin/settings";
    let set = |body: Value| node.call(Method::PATCH, path).json(&body).bearer(&admin).send();
    let first = node.get(path).bearer(&admin).send().await.json();
    assert_eq!(
        first,
        json!({
            "loopback_enabled": true,
            "default_model": null,
            "embedding_model": null,
            "rerank_model": null,
            "sign_up": "pending",
            "max_running_per_user": null,
            "currency": "USD",
            "public_shares": false,
            "defaults": {
                "loopback_enabled": true,
                "sign_up": "pending",
                "currency": "USD",
                "public_shares": false,
            },
        })
    );
    assert_eq!(set(json!({"default_model": "loopback"})).await.json()["default_model"], "loopback");
    let kept = set(json!({"loopback_enabled": false})).await.json();
    assert_eq!((&kept["default_model"], &kept["loopback_enabled"]), (&json!("loopback"), &json!(false)));
    assert_eq!(set(json!({"default_model": null})).await.json()["default_model"], Value::Null);
}

#[tokio::test]
async fn a_node_with_another_secret_refuses_to_start() {
    let node = Node::start(&[]).await;
    shared::settings::agree_on_secret(&node.ctx).await.unwrap();
    shared::settings::agree_on_secret(&node.ctx).await.unwrap();
    let other = node.beside(&[("SKEIN_AUTH__SECRET", "another secret that has characters enough")]).await;
    let error = shared::settings::agree_on_secret(&other).await.unwrap_err();
    assert_eq!(error.code, "secret_differs");
    assert!(error.message.contains("SKEIN_AUTH__SECRET"));
}
