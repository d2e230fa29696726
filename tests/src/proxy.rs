//! A TCP proxy that can make a connection behave as badly as a network does, for all or for some processes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::peers;

/// Forwards connections to a target, with the faults that are switched on. Dropping it closes everything.
pub struct Proxy {
    address: SocketAddr,
    faults: Arc<watch::Sender<Faults>>,
    open: Arc<watch::Sender<usize>>,
    serving: AbortHandle,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Faults {
    /// Every block of bytes waits so long, in both directions.
    delay: Duration,
    /// Bytes are accepted and kept; nothing is lost, nothing arrives.
    stalled: bool,
    /// Bytes and closings are swallowed: the other side seems alive and never answers.
    half_open: bool,
    /// New connections are closed at once.
    refusing: bool,
    /// Whose bytes are let through.
    reach: Reach,
    /// Raised by each cut; connections of an older number end.
    cuts: u64,
}

/// The processes, by their ids, that a network lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    #[default]
    All,
    Only(Vec<u32>),
    AllBut(Vec<u32>),
}

impl Reach {
    fn lets_through(&self, peer: SocketAddr) -> bool {
        match self {
            Self::All => true,
            Self::Only(processes) => peers::is_of(peer, processes),
            Self::AllBut(processes) => !peers::is_of(peer, processes),
        }
    }
}

impl Proxy {
    pub async fn start(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let faults = Arc::new(watch::Sender::new(Faults::default()));
        let open = Arc::new(watch::Sender::new(0));
        let serving =
            tokio::spawn(serve(listener, target, Arc::clone(&faults), Arc::clone(&open))).abort_handle();
        Ok(Self { address, faults, open, serving })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections that are open now.
    pub fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// Holds every block of bytes back for this long, in each direction.
    pub fn delay(&self, delay: Duration) {
        self.faults.send_modify(|faults| faults.delay = delay);
    }

    /// Stops forwarding; what was sent meanwhile arrives after [`Proxy::resume`].
    pub fn stall(&self) {
        self.faults.send_modify(|faults| faults.stalled = true);
    }

    /// Lets only some processes through, as when the network between machines breaks: what the others send waits, on
    /// open and on new connections, and arrives after [`Proxy::resume`].
    pub fn reach(&self, reach: Reach) {
        self.faults.send_modify(|faults| faults.reach = reach);
    }

    /// Swallows everything on open and new connections without closing them, as when the other machine lost power.
    /// They stay dead; [`Proxy::resume`] lets new connections through.
    pub fn half_open(&self) {
        self.faults.send_modify(|faults| faults.half_open = true);
    }

    /// Closes every open connection in the middle of what it was doing. New ones work.
    pub fn cut(&self) {
        self.faults.send_modify(|faults| faults.cuts += 1);
    }

    /// Cuts, and closes new connections at once until [`Proxy::resume`].
    pub fn refuse(&self) {
        self.faults.send_modify(|faults| {
            faults.cuts += 1;
            faults.refusing = true;
        });
    }

    /// Switches all faults off.
    pub fn resume(&self) {
        self.faults.send_modify(|faults| *faults = Faults { cuts: faults.cuts, ..Faults::default() });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    listener: TcpListener,
    target: SocketAddr,
    faults: Arc<watch::Sender<Faults>>,
    open: Arc<watch::Sender<usize>>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((client, peer)) = listener.accept().await else { continue };
        if faults.borrow().refusing {
            continue;
        }
        let (faults, open) = (faults.subscribe(), Arc::clone(&open));
        connections.spawn(async move {
            open.send_modify(|open| *open += 1);
            let _counted = Counted(open);
            let Ok(server) = TcpStream::connect(target).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            forward(client, peer, server, faults).await;
        });
    }
}

struct Counted(Arc<watch::Sender<usize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

async fn forward(
    client: TcpStream,
    peer: SocketAddr,
    server: TcpStream,
    mut faults: watch::Receiver<Faults>,
) {
    let cuts = faults.borrow_and_update().cuts;
    let held = watch::Sender::new(true);
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let both = async {
        tokio::join!(
            one_way(client_in, server_out, faults.clone(), held.subscribe()),
            one_way(server_in, client_out, faults.clone(), held.subscribe())
        )
    };
    let mut watching = faults.clone();
    let cut = async {
        loop {
            let now = watching.borrow_and_update().clone();
            if now.cuts > cuts {
                return;
            }
            held.send_replace(!now.half_open && (now.stalled || !now.reach.lets_through(peer)));
            if watching.changed().await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = both => {}
        () = cut => {}
    }
}

async fn one_way(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    faults: watch::Receiver<Faults>,
    mut held: watch::Receiver<bool>,
) {
    let mut block = vec![0; 16 * 1024];
    let mut dead = false;
    loop {
        let read = from.read(&mut block).await.unwrap_or(0);
        let delay = faults.borrow().delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if held.wait_for(|held| !held).await.is_err() {
            return;
        }
        dead |= faults.borrow().half_open;
        match (dead, read) {
            // Neither bytes nor the closing get through any more; only a cut ends it.
            (true, 0) => std::future::pending().await,
            (true, _) => {}
            (false, 0) => return,
            (false, read) => {
                if to.write_all(&block[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        address
    }

    async fn say(stream: &mut TcpStream, text: &str) -> Option<String> {
        stream.write_all(text.as_bytes()).await.ok()?;
        hear(stream).await
    }

    async fn hear(stream: &mut TcpStream) -> Option<String> {
        let mut block = [0; 64];
        let read =
            tokio::time::timeout(Duration::from_millis(150), stream.read(&mut block)).await.ok()?.ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&block[..read]).into_owned())
    }

    #[tokio::test]
    async fn a_stall_loses_nothing() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "one").await.as_deref(), Some("one"));
        proxy.stall();
        assert_eq!(say(&mut stream, "two").await, None);
        proxy.resume();
        assert_eq!(hear(&mut stream).await.as_deref(), Some("two"));
    }

    #[tokio::test]
    async fn a_cut_ends_open_connections_and_lets_new_ones_in() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "one").await.as_deref(), Some("one"));
        proxy.cut();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "two").await.as_deref(), Some("two"));
        proxy.refuse();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "three").await, None);
    }

    #[tokio::test]
    async fn a_half_open_connection_swallows_and_stays_dead() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "one").await.as_deref(), Some("one"));
        proxy.half_open();
        assert_eq!(say(&mut stream, "two").await, None);
        proxy.resume();
        assert_eq!(say(&mut stream, "three").await, None);
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "four").await.as_deref(), Some("four"));
    }

    #[tokio::test]
    async fn a_broken_network_holds_back_the_processes_on_the_other_side() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut stream, "one").await.as_deref(), Some("one"));
        proxy.reach(Reach::AllBut(vec![std::process::id()]));
        assert_eq!(say(&mut stream, "two").await, None);
        let mut other = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(say(&mut other, "new").await, None);
        proxy.reach(Reach::Only(vec![std::process::id()]));
        assert_eq!(hear(&mut stream).await.as_deref(), Some("two"));
        assert_eq!(hear(&mut other).await.as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn a_delay_is_felt_in_both_directions() {
        let proxy = Proxy::start(echo().await).await.unwrap();
        proxy.delay(Duration::from_millis(30));
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let before = std::time::Instant::now();
        assert_eq!(say(&mut stream, "one").await.as_deref(), Some("one"));
        assert!(before.elapsed() >= Duration::from_millis(60));
    }
}
