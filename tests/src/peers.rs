//! Who is at the other end of a connection: what lets a proxy tell one process from another on the same address.

use std::fs;
use std::net::SocketAddr;

/// True when the socket with this address of 127.0.0.1 belongs to one of these processes. Reads `/proc`.
pub(crate) fn is_of(peer: SocketAddr, processes: &[u32]) -> bool {
    let Some(inode) = inode_of(peer) else { return false };
    let socket = format!("socket:[{inode}]");
    processes.iter().any(|process| {
        let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        files
            .filter_map(|file| fs::read_link(file.path()).ok())
            .any(|target| target.to_str() == Some(socket.as_str()))
    })
}

/// The kernel's number of the socket with this local address.
fn inode_of(address: SocketAddr) -> Option<u64> {
    let SocketAddr::V4(address) = address else { return None };
    // Addresses stand there as numbers of the machine's own byte order.
    let wanted = format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port());
    fs::read_to_string("/proc/net/tcp").ok()?.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace();
        (fields.nth(1)? == wanted).then(|| fields.nth(7)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_socket_belongs_to_the_process_that_opened_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_server, peer) = listener.accept().unwrap();
        assert!(is_of(peer, &[1, std::process::id()]));
        assert!(!is_of(peer, &[1]));
        assert!(!is_of("127.0.0.1:1".parse().unwrap(), &[std::process::id()]));
    }
}
