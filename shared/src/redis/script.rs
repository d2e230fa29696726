//! Lua that runs inside Redis, called by its hash.

use ::redis::{Arg, Cmd, ToRedisArgs};

/// One script. Make it once (a `LazyLock`), call it often: after the first call only its hash travels.
#[derive(Debug)]
pub struct Script {
    code: &'static str,
    hash: String,
    repeatable: bool,
}

impl Script {
    pub fn new(code: &'static str) -> Self {
        let hash = ::redis::Script::new(code).get_hash().to_owned();
        Self { code, hash, repeatable: false }
    }

    /// Says that a second run with the same arguments leaves the same state and answer, so that a call whose answer
    /// was lost with the connection may be sent again.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Starts a call. In a cluster all keys of one call must share a hash tag.
    pub fn keys<K: ToRedisArgs>(&self, keys: &[K]) -> Invocation<'_> {
        let mut cmd = Cmd::with_capacity(4 + keys.len() + 8, 256);
        cmd.arg("EVALSHA").arg(&self.hash).arg(keys.len());
        for key in keys {
            cmd.arg(key);
        }
        Invocation { script: self, cmd }
    }
}

/// One call of a [`Script`].
#[derive(Debug)]
pub struct Invocation<'a> {
    script: &'a Script,
    cmd: Cmd,
}

impl Invocation<'_> {
    #[must_use]
    pub fn arg<A: ToRedisArgs>(mut self, arg: A) -> Self {
        self.cmd.arg(arg);
        self
    }

    pub(super) fn by_hash(&self) -> &Cmd {
        &self.cmd
    }

    /// The same call with the code itself: it loads the script into a server that doesn't know it (NOSCRIPT).
    pub(super) fn by_code(&self) -> Cmd {
        let mut cmd = ::redis::cmd("EVAL");
        cmd.arg(self.script.code);
        for arg in self.cmd.args_iter().skip(2) {
            if let Arg::Simple(arg) = arg {
                cmd.arg(arg);
            }
        }
        cmd
    }

    pub(super) fn is_repeatable(&self) -> bool {
        self.script.repeatable
    }
}
