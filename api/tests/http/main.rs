//! The API through HTTP, on SQLite in a folder of its own.

mod accounts;
mod document;
mod edge;
mod node;
