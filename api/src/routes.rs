//! Every group of operations on one page. A file of `routes/` is a group; its mount is its `prefix_path`.
//!
//! To add a group: write `routes/<noun>.rs`, name it below, and add it to [`groups`].

pub(crate) mod admin_groups;
pub(crate) mod admin_limits;
pub(crate) mod admin_model_cards;
pub(crate) mod admin_model_terms;
pub(crate) mod admin_processes;
pub(crate) mod admin_queues;
pub(crate) mod admin_settings;
pub(crate) mod admin_usage;
pub(crate) mod admin_users;
pub(crate) mod api_keys;
pub(crate) mod auth;
pub(crate) mod chat_messages;
pub(crate) mod chat_search;
pub(crate) mod chats;
pub(crate) mod collection_shares;
pub(crate) mod collections;
pub(crate) mod connections;
pub(crate) mod exports;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod generations;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod info;
pub(crate) mod me;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod openai;
pub(crate) mod prompts;
pub(crate) mod sessions;
pub(crate) mod shares;
pub(crate) mod socket;
pub(crate) mod usage;
pub(crate) mod waiting_messages;

use poem_openapi::{OpenApi, Tags};

/// The chapters of the document.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Sign up, sign in and out.
    Auth,
    /// The own account: profile, password, sessions and API keys.
    Account,
    /// Chats, their messages, and sending.
    Chats,
    /// Chats that are shared by a link.
    Sharing,
    /// Chats as files: out and in.
    Exchange,
    /// Texts to use again.
    Prompts,
    /// Runs: state, events, Stop.
    Generations,
    /// Files and collections of them, for answers that point to their sources.
    Files,
    /// The models that can be asked for.
    Models,
    /// Model providers, for admins.
    Connections,
    /// Users, settings, queues and processes, for admins.
    Admin,
    /// Doors in OpenAI's form, for programs that know it.
    Compatible,
    /// Health, figures and facts about this installation.
    Operations,
}

/// What an API node serves. A tuple holds 16 groups at most: nest one for more.
pub(crate) fn groups() -> impl OpenApi + 'static {
    (
        auth::Auth,                  // /api/v1/auth
        me::Me,                      // /api/v1/me
        usage::UsageApi,             // /api/v1/me/usage
        sessions::Sessions,          // /api/v1/sessions
        api_keys::ApiKeys,           // /api/v1/api-keys
        admin(),                     // /api/v1/admin
        info::Info,                  // /api/v1/info
        models::ModelsApi,           // /api/v1/models
        connections::ConnectionsApi, // /api/v1/connections
        chats(),                     // /api/v1/chats and what keeps them in order
        messages::MessagesApi,       // /api/v1/messages
        generations::GenerationsApi, // /api/v1/generations and /api/v1/events
        knowledge(),                 // /api/v1/files and /api/v1/collections
        openai::OpenAi,              // /v1
        openai::OpenAiFilesApi,      // /v1/files and /v1/vector_stores
        operations(),
    )
}

/// Files, and collections of them.
fn knowledge() -> impl OpenApi + 'static {
    (
        files::FilesApi,                     // /api/v1/files
        collections::CollectionsApi,         // /api/v1/collections
        collection_shares::CollectionShares, // /api/v1/collections/:id/shares
        groups::Groups,                      // /api/v1/groups
    )
}

/// Chats and how they are kept in order.
fn chats() -> impl OpenApi + 'static {
    (
        chat_search::ChatSearch,           // /api/v1/chats/search and /api/v1/tags
        chats::ChatsApi,                   // /api/v1/chats
        chat_messages::ChatMessages,       // /api/v1/chats/:id/messages
        waiting_messages::WaitingMessages, // /api/v1/waiting-messages
        folders::FoldersApi,               // /api/v1/folders
        shares::SharesApi,                 // /api/v1/shares and /api/v1/shared
        exports::ExportsApi,               // /api/v1/chats/export
        imports::ImportsApi,               // /api/v1/imports
        prompts::PromptsApi,               // /api/v1/prompts
    )
}

/// What admins alone may do.
fn admin() -> impl OpenApi + 'static {
    (
        admin_users::AdminUsers,            // /api/v1/admin/users
        admin_groups::AdminGroups,          // /api/v1/admin/groups
        admin_settings::AdminSettings,      // /api/v1/admin/settings
        admin_limits::AdminLimits,          // /api/v1/admin/limits
        admin_model_terms::AdminModelTerms, // /api/v1/admin/model-terms
        admin_model_cards::AdminModelCards, // /api/v1/admin/model-cards
        admin_usage::AdminUsage,            // /api/v1/admin/usage
        admin_queues::AdminQueues,          // /api/v1/admin/queues
        admin_processes::AdminProcesses,    // /api/v1/admin/processes
    )
}

/// What every process serves.
pub(crate) fn operations() -> impl OpenApi + 'static {
    (
        health::Health,   // /health
        metrics::Metrics, // /metrics
    )
}

/// The prefixes under which [`groups`] live. What is elsewhere is the page's.
pub(crate) const MOUNTS: &[&str] = &["/api/v1", "/v1", "/health", "/metrics"];
