//! The OpenAPI document and the page about it.

use crate::node::Node;

#[test]
fn the_document_in_the_tree_is_fresh() {
    let kept =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap_or_default();
    assert!(kept == api::openapi_json(), "api/openapi.json is old: cargo run -- openapi > api/openapi.json");
}

#[tokio::test]
async fn a_node_serves_the_document_and_a_page_about_it() {
    let node = Node::start(&[]).await;
    let document = node.get("/api/openapi.json").send().await;
    assert_eq!(document.text, api::openapi_json());
    let page = node.get("/api/docs").send().await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
}
