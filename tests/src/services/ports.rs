use std::fs::File;
use std::net::TcpListener;

use rand::Rng as _;

/// A port of 127.0.0.1 that no other test takes while this value lives.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _held: File,
}

impl Port {
    pub fn number(&self) -> u16 {
        self.number
    }
}

/// Takes a free port for a server that cannot choose one by itself. Ports come from below the range that outgoing
/// connections use, and a lock on a file keeps other test processes away until the server has bound it.
pub fn free_port() -> Port {
    let locks = std::env::temp_dir().join("skein-test-ports");
    std::fs::create_dir_all(&locks).expect("the temporary folder can be written");
    for _ in 0..1000 {
        let number = rand::rng().random_range(12_000..30_000);
        let Ok(held) = File::create(locks.join(number.to_string())) else { continue };
        if held.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", number)).is_ok() {
            return Port { number, _held: held };
        }
    }
    panic!("no free port between 12000 and 30000");
}
