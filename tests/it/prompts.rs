//! `/api/v1/prompts`: own prompts and those that admins share.

use serde_json::{Value, json};
use skein_tests::client::Client;

use crate::stand::Stand;

async fn keep(client: &Client, command: &str, more: Value) -> Value {
    let mut body = json!({"command": command, "content": format!("About {{{{topic}}}} by {command}")});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    client.post("/api/v1/prompts", &body).await.expect(201)
}

async fn commands(client: &Client, query: &str) -> Vec<(String, bool)> {
    let (mut commands, mut after) = (Vec::new(), String::new());
    loop {
        let page: Value = client.get(&format!("/api/v1/prompts?limit=2&{query}{after}")).await.expect(200);
        for prompt in page["items"].as_array().expect("items") {
            commands.push((prompt["command"].as_str().expect("a command").to_owned(), prompt["own"] == true));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return commands,
        }
    }
}

#[tokio::test]
async fn everybody_has_their_own_and_the_shared_ones() {
    let stand = Stand::start().await;
    let (admin, me) = (&stand.admin, stand.user("me").await);
    let shared = keep(admin, "/Summary", json!({"shared": true, "title": " Sum  up "})).await;
    assert_eq!((&shared["command"], &shared["title"]), (&json!("summary"), &json!("Sum up")));
    keep(admin, "secret", json!({})).await;
    let mine = keep(&me, "summary", json!({})).await;
    keep(&me, "a-b_c", json!({})).await;
    let own = |command: &str, own: bool| (command.to_owned(), own);
    assert_eq!(commands(&me, "").await, [own("a-b_c", true), own("summary", false), own("summary", true)]);
    assert_eq!(commands(&me, "own=true").await, [own("a-b_c", true), own("summary", true)]);

    let path = |prompt: &Value| format!("/api/v1/prompts/{}", prompt["id"].as_str().expect("an id"));
    let change = json!({"title": "Mine now"});
    me.patch(&path(&shared), &change).await.refuses(403, "forbidden");
    me.delete(&path(&shared)).await.refuses(403, "forbidden");
    me.patch(&path(&mine), &json!({"shared": true})).await.refuses(403, "forbidden");
    admin.get(&path(&mine)).await.refuses(404, "not_found");
    assert_eq!(me.patch(&path(&mine), &change).await.expect::<Value>(200)["title"], "Mine now");
    assert_eq!(admin.delete(&path(&shared)).await.status, 204);
    me.get(&path(&shared)).await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_command_is_a_word_that_one_has_once() {
    let stand = Stand::start().await;
    let me = &stand.admin;
    keep(me, "once", json!({})).await;
    let again = json!({"command": "ONCE", "content": "x"});
    me.post("/api/v1/prompts", &again).await.refuses(409, "command_taken");
    for body in [
        json!({"command": "two words", "content": "x"}),
        json!({"command": "/", "content": "x"}),
        json!({"command": "x".repeat(51), "content": "x"}),
        json!({"command": "empty", "content": " \n"}),
    ] {
        me.post("/api/v1/prompts", &body).await.refuses(400, "invalid_request");
    }
}

#[tokio::test]
async fn what_admins_say_of_a_model_holds_for_everybody() {
    const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let stand = Stand::start().await;
    let (admin, me) = (&stand.admin, stand.user("me").await);
    let change = json!({"model": "mock", "display_name": "House model", "description": "For everything",
        "system_prompt": "Be brief.", "parameters": {"temperature": 0.25, "max_tokens": 3}, "picture": PIXEL,
        "starters": ["  Ask me of   geese ", ""]});
    admin.patch("/api/v1/admin/model-cards", &change).await.expect::<Value>(200);
    let shown = |list: &Value| -> Option<Value> {
        list["items"].as_array()?.iter().find(|model| model["id"] == "mock").cloned()
    };
    let list: Value = me.get("/api/v1/models").await.expect(200);
    let model = shown(&list).expect("the model");
    assert_eq!((&model["name"], &model["description"]), (&json!("House model"), &json!("For everything")));
    assert_eq!(model["starters"], json!(["Ask me of geese"]));
    let picture = me.get(model["picture_url"].as_str().expect("an address")).await;
    assert_eq!((picture.status, picture.headers["content-type"].to_str().ok()), (200, Some("image/png")));
    assert!(picture.headers["cache-control"].to_str().is_ok_and(|cache| cache.starts_with("private")));

    let chat = me.create_chat("mock").await;
    let options = skein_tests::client::Send {
        system: Some("Answer in Latin.".into()),
        parameters: Some(json!({"temperature": 1.0})),
        ..Default::default()
    };
    let turn = me.send_with(&chat.id, "go on [[tokens=9]]", &options).await;
    assert_eq!(me.reader(&turn.generation.id).to_end().await.text, "t0 t1 t2 ");
    let stats = stand.mock.stats();
    let asked = stats.requests.iter().find(|request| request.body["max_tokens"] == 3).expect("the turn");
    assert_eq!(asked.body["temperature"], 1.0, "what a chat says goes first");
    assert_eq!(asked.body["messages"][0]["content"], "Be brief.\n\nAnswer in Latin.");

    admin
        .patch("/api/v1/admin/model-cards", &json!({"model": "mock", "visibility": "hidden"}))
        .await
        .expect::<Value>(200);
    let list: Value = me.get("/api/v1/models").await.expect(200);
    assert!(shown(&list).is_none());
    me.post("/api/v1/chats", &json!({"model": "mock"})).await.refuses(404, "model_not_found");
    me.try_send(&chat.id, "go", &Default::default()).await.refuses(404, "model_not_found");
    let all: Value = admin.get("/api/v1/admin/model-cards?query=HOUSE").await.expect(200);
    assert_eq!(shown(&all).expect("the model")["visibility"], "hidden", "an admin can show it again");
    let back = json!({"model": "mock", "visibility": "everybody", "display_name": null, "parameters": null});
    let back: Value = admin.patch("/api/v1/admin/model-cards", &back).await.expect(200);
    assert_eq!((&back["display_name"], &back["system_prompt"]), (&Value::Null, &json!("Be brief.")));
    assert_eq!(back["starters"], json!(["Ask me of geese"]), "what is not named stays");
    let none = json!({"model": "mock", "starters": []});
    let none: Value = admin.patch("/api/v1/admin/model-cards", &none).await.expect(200);
    assert_eq!(none["starters"], json!([]));

    for bad in [
        json!({"model": "mock", "picture": "data:image/svg+xml;base64,AAAA"}),
        json!({"model": "mock", "picture": format!("data:image/png;base64,{}", "A".repeat(200_000))}),
        json!({"model": "mock", "parameters": {"messages": []}}),
        json!({"model": "mock", "parameters": {"temperature": "hot"}}),
        json!({"model": "mock", "starters": ["a", "b", "c", "d", "e", "f", "g"]}),
    ] {
        admin.patch("/api/v1/admin/model-cards", &bad).await.refuses(400, "invalid_request");
    }
    admin
        .patch("/api/v1/admin/model-cards", &json!({"model": "no-such"}))
        .await
        .refuses(404, "model_not_found");
}
