//! Whether this process runs, and whether it can serve.

use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::{Context, health};

use crate::json::Json;
use crate::routes::Tag;

pub(crate) struct Health;

/// The process runs.
#[derive(Object)]
struct Liveness {
    /// Always `live`.
    status: String,
}

/// Whether the node can serve, and what it lacks.
#[derive(Object)]
struct Readiness {
    status: Status,
    /// What the node needs.
    parts: Vec<PartView>,
}

/// What a node says of itself.
#[derive(Enum)]
#[oai(rename = "NodeStatus", rename_all = "snake_case")]
enum Status {
    /// Takes requests.
    Ready,
    /// A part cannot be reached.
    NotReady,
    /// Shuts down and finishes what runs.
    Draining,
}

/// One part that the node needs.
#[derive(Object)]
#[oai(rename = "NodePart")]
struct PartView {
    /// Name of the part, like `database`.
    name: String,
    /// Whether it answers.
    ok: bool,
    /// What is wrong with it.
    #[oai(skip_serializing_if_is_none)]
    problem: Option<String>,
}

#[derive(ApiResponse)]
enum Ready {
    /// The node takes requests
    #[oai(status = 200)]
    Yes(Json<Readiness>),
    /// The node cannot serve now
    #[oai(status = 503)]
    No(Json<Readiness>),
}

#[OpenApi(prefix_path = "/health", tag = "Tag::Operations")]
impl Health {
    /// Check that the process runs
    #[oai(path = "/live", method = "get", operation_id = "checkLiveness")]
    async fn live(&self) -> Json<Liveness> {
        Json(Liveness { status: "live".to_owned() })
    }

    /// Check that the node can serve
    ///
    /// 503 names the parts that are missing. A node that shuts down is not ready from its first moment on.
    #[oai(path = "/ready", method = "get", operation_id = "checkReadiness")]
    async fn ready(&self, ctx: Data<&Context>) -> Ready {
        let draining = ctx.shutdown.is_draining();
        let found = health::parts(&ctx).await;
        let whole = health::ready(&found);
        let parts: Vec<PartView> = found
            .into_iter()
            .map(|part| PartView {
                name: part.name.to_owned(),
                ok: part.problem.is_none(),
                problem: part.problem,
            })
            .collect();
        match (draining, whole) {
            (true, _) => Ready::No(Json(Readiness { status: Status::Draining, parts })),
            (false, false) => Ready::No(Json(Readiness { status: Status::NotReady, parts })),
            (false, true) => Ready::Yes(Json(Readiness { status: Status::Ready, parts })),
        }
    }
}
