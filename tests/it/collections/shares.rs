//! Collections that groups may use, for as long as somebody belongs to them.

use reqwest::Method;
use serde_json::{Value, json};
use skein_tests::client::{Client, Send};

use crate::limits::id_of;
use crate::stand::Stand;

#[tokio::test]
async fn a_group_uses_what_is_shared_with_it_until_it_is_not() {
    let stand = Stand::start().await;
    let people = People { admin: stand.admin.clone(), at: stand.skein.client() };
    people.share_and_take_back().await;
}

#[tokio::test]
async fn an_answer_draws_on_a_shared_collection_only_while_it_is_shared() {
    let stand = Stand::start().await;
    let (owner, member) = (stand.user("owner").await, stand.user("member").await);
    let group = group(&stand.admin, &[&owner, &member]).await;
    let file = owner.upload("otters.md", b"# Otters\n\nOtters hold hands.".to_vec()).await;
    owner.settled(&file.id).await;
    let collection = owner.collect("animals", &[&file.id]).await;
    share(&owner, &collection, &group, "read").await;
    let chat = member.create_chat("mock").await;
    let sources = Send { collections: vec![collection.clone()], ..Send::default() };
    let turn = member.send_with(&chat.id, "What do otters hold? [[tokens=2]]", &sources).await;
    member.reader(&turn.generation.id).to_end().await;
    let messages: Value = member.get(&format!("/api/v1/chats/{}/messages", chat.id)).await.expect(200);
    assert_eq!(messages["items"][1]["citations"][0]["file_id"], file.id.as_str(), "{messages}");
    leave(&stand.admin, &group, &member).await;
    // The chat still names the collection: another answer to the same question gets nothing of it.
    let path = format!("/api/v1/messages/{}/regenerate", turn.assistant_message.id);
    let again: skein_tests::client::Again = member.post(&path, &json!({})).await.expect(202);
    member.reader(&again.generation.id).to_end().await;
    let messages: Value = member.get(&format!("/api/v1/chats/{}/messages", chat.id)).await.expect(200);
    assert!(messages["items"][1]["citations"].as_array().is_none_or(Vec::is_empty), "{messages}");
    member.try_send(&chat.id, "And now?", &sources).await.refuses(404, "not_found");
}

#[tokio::test]
async fn one_shares_own_collections_with_own_groups() {
    let stand = Stand::start().await;
    let (owner, member) = (stand.user("owner").await, stand.user("member").await);
    let own = group(&stand.admin, &[&owner]).await;
    let foreign: Value =
        stand.admin.post("/api/v1/admin/groups", &json!({"name": "foreign"})).await.expect(201);
    let foreign = foreign["id"].as_str().expect("an id");
    let collection = owner.collect("mine", &[]).await;
    try_share(&owner, &collection, foreign, "read").await.refuses(404, "not_found");
    try_share(&owner, &collection, &own, "all").await.refuses(400, "invalid_request");
    try_share(&member, &collection, &own, "read").await.refuses(404, "not_found");
    let names = |list: &Value| list["items"].as_array().map(Vec::len);
    let groups: Value = owner.get("/api/v1/groups").await.expect(200);
    assert_eq!((names(&groups), groups["items"][0]["id"].as_str()), (Some(1), Some(own.as_str())));
    assert_eq!(
        names(&stand.admin.get("/api/v1/groups").await.expect(200)),
        Some(2),
        "an admin knows them all"
    );
    let admins = stand.admin.collect("admin's", &[]).await;
    share(&stand.admin, &admins, foreign, "read").await;
    // A group that goes takes its shares along.
    share(&owner, &collection, &own, "read").await;
    assert_eq!(stand.admin.delete(&format!("/api/v1/admin/groups/{own}")).await.status, 204);
    let shares: Value = owner.get(&format!("/api/v1/collections/{collection}/shares")).await.expect(200);
    assert_eq!(names(&shares), Some(0));
}

/// An admin, and a node where others sign up.
pub(crate) struct People {
    pub(crate) admin: Client,
    pub(crate) at: Client,
}

impl People {
    /// The whole life of a share; on every database the same.
    pub(crate) async fn share_and_take_back(&self) {
        let (owner, member, stranger) = (
            self.at.sign_up("owner").await,
            self.at.sign_up("member").await,
            self.at.sign_up("stranger").await,
        );
        let group = group(&self.admin, &[&owner, &member]).await;
        let file = owner.upload("comet.txt", b"The comet returns in spring.".to_vec()).await;
        let aside = owner.upload("aside.txt", b"Another comet returns in autumn.".to_vec()).await;
        for file in [&file, &aside] {
            assert_eq!(owner.settled(&file.id).await.state, "ready");
        }
        let collection = owner.collect("sky", &[&file.id]).await;
        self.sees_nothing(&member, &collection, &file.id).await;
        share(&owner, &collection, &group, "read").await;
        self.sees_nothing(&stranger, &collection, &file.id).await;

        let list: Value = member.get("/api/v1/collections").await.expect(200);
        let seen = &list["items"][0];
        assert_eq!((seen["id"].as_str(), seen["access"].as_str()), (Some(collection.as_str()), Some("read")));
        assert_eq!((seen["shared_by"]["name"].as_str(), seen["files"].as_i64()), (Some("owner"), Some(1)));
        let own: Value = owner.get(&format!("/api/v1/collections/{collection}")).await.expect(200);
        assert_eq!((own["access"].as_str(), own.get("shared_by")), (Some("own"), None));
        let found = member.search(&collection, "when does the comet return?", 5).await;
        assert_eq!(found.iter().map(|p| p.file_id.as_str()).collect::<Vec<_>>(), [file.id.as_str()]);
        // A citation opens its source, and nothing beside it.
        for part in ["", "/content", "/passages"] {
            assert_eq!(member.get(&format!("/api/v1/files/{}{part}", file.id)).await.status, 200, "{part}");
            member.get(&format!("/api/v1/files/{}{part}", aside.id)).await.refuses(404, "not_found");
        }
        let links = format!("/api/v1/files/{}/links", file.id);
        let link: Value = member.post(&links, &json!({})).await.expect(201);
        let link = link["url"].as_str().expect("an address");
        assert_eq!(self.at.get(link).await.text, "The comet returns in spring.");
        // Reading is no more than reading.
        let files = format!("/api/v1/collections/{collection}/files");
        let mine = member.upload("mine.txt", b"My own notes about the comet.".to_vec()).await;
        assert_eq!(member.settled(&mine.id).await.state, "ready");
        let add = json!({"file_id": mine.id});
        member.post(&files, &add).await.refuses(403, "collection_read_only");
        member.delete(&format!("{files}/{}", file.id)).await.refuses(403, "collection_read_only");
        let path = format!("/api/v1/collections/{collection}");
        member.patch(&path, &json!({"name": "x"})).await.refuses(403, "collection_not_yours");
        member.delete(&path).await.refuses(403, "collection_not_yours");
        member.get(&format!("{path}/shares")).await.refuses(403, "collection_not_yours");
        member.delete(&format!("/api/v1/files/{}", file.id)).await.refuses(404, "not_found");

        share(&owner, &collection, &group, "write").await;
        let _: Value = member.post(&files, &add).await.expect(200);
        member.post(&files, &json!({"file_id": aside.id})).await.refuses(404, "not_found");
        assert_eq!(owner.search(&collection, "own notes", 1).await[0].file_id, mine.id);
        assert_eq!(owner.get(&format!("/api/v1/files/{}/content", mine.id)).await.status, 200);
        let list: Value = owner.get(&files).await.expect(200);
        assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(member.delete(&format!("{files}/{}", file.id)).await.status, 204);
        let add = json!({"file_id": file.id});
        member.post(&files, &add).await.refuses(404, "not_found");
        let _: Value = owner.post(&files, &add).await.expect(200);
        member.patch(&path, &json!({"name": "x"})).await.refuses(403, "collection_not_yours");

        leave(&self.admin, &group, &member).await;
        self.sees_nothing(&member, &collection, &file.id).await;
        let ids = json!({"user_ids": [id_of(&member).await]});
        let _: Value =
            self.admin.post(&format!("/api/v1/admin/groups/{group}/members"), &ids).await.expect(200);
        assert_eq!(member.get(&path).await.status, 200, "who comes back has it again");
        assert_eq!(owner.delete(&format!("{path}/shares/{group}")).await.status, 204);
        owner.delete(&format!("{path}/shares/{group}")).await.refuses(404, "not_found");
        self.sees_nothing(&member, &collection, &file.id).await;
    }

    async fn sees_nothing(&self, client: &Client, collection: &str, file: &str) {
        let path = format!("/api/v1/collections/{collection}");
        let list: Value = client.get("/api/v1/collections").await.expect(200);
        assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "{list}");
        client.get(&path).await.refuses(404, "not_found");
        client.get(&format!("{path}/files")).await.refuses(404, "not_found");
        client.post(&format!("{path}/search"), &json!({"query": "comet"})).await.refuses(404, "not_found");
        client.post(&format!("{path}/files"), &json!({"file_id": file})).await.refuses(404, "not_found");
        for part in ["", "/content", "/passages"] {
            client.get(&format!("/api/v1/files/{file}{part}")).await.refuses(404, "not_found");
        }
        assert_eq!(client.get(&format!("/v1/vector_stores/{collection}")).await.status, 404);
    }
}

/// A group of these users.
async fn group(admin: &Client, members: &[&Client]) -> String {
    let made: Value = admin.post("/api/v1/admin/groups", &json!({"name": "team"})).await.expect(201);
    let group = made["id"].as_str().expect("an id").to_owned();
    let mut ids = Vec::new();
    for member in members {
        ids.push(id_of(member).await);
    }
    let path = format!("/api/v1/admin/groups/{group}/members");
    let _: Value = admin.post(&path, &json!({"user_ids": ids})).await.expect(200);
    group
}

async fn leave(admin: &Client, group: &str, member: &Client) {
    let path = format!("/api/v1/admin/groups/{group}/members/{}", id_of(member).await);
    assert_eq!(admin.delete(&path).await.status, 204);
}

async fn try_share(
    client: &Client,
    collection: &str,
    group: &str,
    access: &str,
) -> skein_tests::client::Answer {
    let path = format!("/api/v1/collections/{collection}/shares/{group}");
    client.send_request(client.request(Method::PUT, &path).json(&json!({"access": access}))).await
}

async fn share(client: &Client, collection: &str, group: &str, access: &str) {
    let shares: Value = try_share(client, collection, group, access).await.expect(200);
    assert_eq!(shares["items"][0]["access"], access, "{shares}");
}
