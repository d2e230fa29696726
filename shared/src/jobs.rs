//! Every kind of job. Each names rows by id; the rows say what to do.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::queue::{Cap, Job, Pool, Priority};

/// Runs one generation: a chat turn or a call through a compatible door.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GenerateReply {
    pub generation_id: Uuid,
    pub user_id: Uuid,
    /// Of the owner's turns, and what holds it back, as it was when it was pushed. Kept by the queue, not in the payload.
    #[serde(skip)]
    pub weight: u32,
    #[serde(skip)]
    pub caps: Vec<Cap>,
}

impl Job for GenerateReply {
    const NAME: &'static str = "generate_reply";
    const POOL: Pool = Pool::Chat;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.generation_id.simple().to_string())
    }

    fn weight(&self) -> u32 {
        self.weight
    }

    fn caps(&self) -> Vec<Cap> {
        self.caps.clone()
    }
}

/// Makes the vectors of one embedding call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbedTexts {
    pub generation_id: Uuid,
    pub user_id: Uuid,
    /// Of the owner's turns, and what holds it back, as it was when it was pushed. Kept by the queue, not in the payload.
    #[serde(skip)]
    pub weight: u32,
    #[serde(skip)]
    pub caps: Vec<Cap>,
}

impl Job for EmbedTexts {
    const NAME: &'static str = "embed_texts";
    const POOL: Pool = Pool::Embed;
    const PRIORITY: Priority = Priority::Interactive;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.generation_id.simple().to_string())
    }

    fn weight(&self) -> u32 {
        self.weight
    }

    fn caps(&self) -> Vec<Cap> {
        self.caps.clone()
    }
}

/// Names a chat after its first answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MakeTitle {
    pub chat_id: Uuid,
    pub user_id: Uuid,
}

impl Job for MakeTitle {
    const NAME: &'static str = "make_title";
    const POOL: Pool = Pool::Maintenance;
    const PRIORITY: Priority = Priority::Title;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.chat_id.simple().to_string())
    }
}

/// Reads a file of chats through, or imports them, as its row says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunImport {
    pub import_id: Uuid,
    pub user_id: Uuid,
}

impl Job for RunImport {
    const NAME: &'static str = "run_import";
    const POOL: Pool = Pool::Maintenance;
    const PRIORITY: Priority = Priority::Batch;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.import_id.simple().to_string())
    }
}

/// Looks at a provider's model list again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshModels {
    pub connection_id: Uuid,
}

impl Job for RefreshModels {
    const NAME: &'static str = "refresh_models";
    const POOL: Pool = Pool::Maintenance;
    const PRIORITY: Priority = Priority::Batch;

    fn owner(&self) -> Uuid {
        Uuid::nil()
    }

    fn key(&self) -> Option<String> {
        Some(self.connection_id.simple().to_string())
    }
}

/// Reads an uploaded file: text, passages, the index of words; then its vectors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IngestFile {
    pub file_id: Uuid,
    pub user_id: Uuid,
}

impl Job for IngestFile {
    const NAME: &'static str = "ingest_file";
    const POOL: Pool = Pool::Ingest;
    const PRIORITY: Priority = Priority::Batch;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.file_id.simple().to_string())
    }
}

/// Makes the vectors of a file's passages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbedFile {
    pub file_id: Uuid,
    pub user_id: Uuid,
}

impl Job for EmbedFile {
    const NAME: &'static str = "embed_file";
    const POOL: Pool = Pool::Embed;
    const PRIORITY: Priority = Priority::Batch;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.file_id.simple().to_string())
    }
}

/// Removes what is left of a file that was taken away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveFile {
    pub file_id: Uuid,
    pub user_id: Uuid,
}

impl Job for RemoveFile {
    const NAME: &'static str = "remove_file";
    const POOL: Pool = Pool::Maintenance;
    const PRIORITY: Priority = Priority::Batch;

    fn owner(&self) -> Uuid {
        self.user_id
    }

    fn key(&self) -> Option<String> {
        Some(self.file_id.simple().to_string())
    }
}
