//! The way out to pages that users name. Whoever names an address chooses where this process connects to, so there is
//! one way, and it is guarded: only public addresses, whatever a name resolves to and wherever a page redirects.

mod fetch;
mod guard;

pub use self::fetch::{Fetched, Web};
pub use self::guard::{Guard, is_host};
