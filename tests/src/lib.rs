//! What the tests and benches of Skein stand on: a scripted model server, private real databases and Redis servers, a
//! cluster of real `skein` processes, a client that reads streams as a browser does, and a ledger of what was promised.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "test programs talk to the person who runs them"
)]

pub mod client;
pub mod cluster;
pub mod corpus;
pub mod fault;
pub mod ledger;
pub mod mock;
mod peers;
pub mod proxy;
pub mod reply;
pub mod schema;
pub mod services;
pub mod site;
pub mod sse;
