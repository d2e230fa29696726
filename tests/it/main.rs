//! Promises of Skein, kept through the door that users use: real processes, a real database, a scripted model server.
//! The modules mirror the tree of addresses; `cluster` holds what needs more than one process.

#![allow(clippy::print_stderr, reason = "a skipped test says why")]

mod auth;
mod chats;
mod cluster;
mod collections;
mod connections;
mod events;
mod files;
mod generations;
mod imports;
mod limits;
mod messages;
mod openapi;
mod prompts;
mod stand;
mod v1;
mod ws;
