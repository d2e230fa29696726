//! Where Redis is: one server, or whatever a set of Sentinels calls the master now.

use std::fmt;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::io::tcp::TcpSettings;
use ::redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisError, Value,
};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::{Error, Result};

const SENTINEL_SCHEME: &str = "redis+sentinel://";
const SENTINEL_PORT: u16 = 26379;

/// A parsed `redis://` or `redis+sentinel://` URL. Prints without credentials.
#[derive(Clone)]
pub(super) struct Address {
    place: Place,
    login: RedisConnectionInfo,
}

#[derive(Clone)]
enum Place {
    Server(ConnectionAddr),
    Sentinels { sentinels: Vec<(String, u16)>, master: String, login: RedisConnectionInfo },
}

impl Address {
    /// `redis://[user:pass@]host:port/db` or
    /// `redis+sentinel://[user:pass@]host:port,host:port,.../<master name>[/db][?sentinel_user=..&sentinel_password=..]`.
    pub(super) fn parse(url: &str) -> Result<Self> {
        match url.strip_prefix(SENTINEL_SCHEME) {
            Some(rest) => Self::parse_sentinel(rest),
            None => {
                let info = url.into_connection_info().map_err(|error| {
                    // The crate's detail may quote the URL with its password.
                    malformed(&format!("{} ({})", "it did not parse", error.category()))
                })?;
                if !info.addr().is_supported() {
                    return Err(malformed("TLS to Redis is not built into this executable"));
                }
                let login = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
                Ok(Self { place: Place::Server(info.addr().clone()), login })
            }
        }
    }

    fn parse_sentinel(rest: &str) -> Result<Self> {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) =
            rest.split_once('/').ok_or_else(|| malformed("the master's name is missing"))?;
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (Some(user_info), hosts),
            None => (None, authority),
        };
        let (master, db) = path.split_once('/').unwrap_or((path, ""));
        if master.is_empty() {
            return Err(malformed("the master's name is missing"));
        }
        let sentinels = hosts.split(',').map(host_and_port).collect::<Result<Vec<_>>>()?;

        let mut login = RedisConnectionInfo::default().set_protocol(ProtocolVersion::RESP3);
        if !db.is_empty() {
            login = login.set_db(db.parse().map_err(|_| malformed("the database is not a number"))?);
        }
        if let Some(user_info) = user_info {
            let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
            login = with_credentials(login, &decode(user), &decode(password));
        }
        let (mut user, mut password) = (String::new(), String::new());
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "sentinel_user" => user = value.into_owned(),
                "sentinel_password" => password = value.into_owned(),
                _ => return Err(malformed("only sentinel_user and sentinel_password may follow the ?")),
            }
        }
        let sentinel_login = with_credentials(RedisConnectionInfo::default(), &user, &password);
        let place = Place::Sentinels { sentinels, master: master.to_owned(), login: sentinel_login };
        Ok(Self { place, login })
    }

    /// Connects to the server that is the master now; also says which one it is.
    pub(super) async fn connect(
        &self,
        config: &AsyncConnectionConfig,
        connect_timeout: Duration,
    ) -> Result<(MultiplexedConnection, String), RedisError> {
        let (sentinels, master, sentinel_login) = match &self.place {
            Place::Server(address) => {
                let connection = open(address.clone(), &self.login, config).await?;
                return Ok((connection, address.to_string()));
            }
            Place::Sentinels { sentinels, master, login } => (sentinels, master, login),
        };
        let (address, _) = ask_sentinels(sentinels, master, sentinel_login, connect_timeout).await?;
        let mut connection = open(address.clone(), &self.login, config).await?;
        // Sentinels name the old master for a moment after it came back as a replica.
        let role: Value =
            tokio::time::timeout(connect_timeout, ::redis::cmd("ROLE").query_async(&mut connection))
                .await
                .map_err(|_| timed_out())??;
        let is_master = match &role {
            Value::Array(parts) => match parts.first() {
                Some(Value::BulkString(role)) => role == b"master",
                Some(Value::SimpleString(role)) => role == "master",
                _ => false,
            },
            _ => false,
        };
        if !is_master {
            return Err((ErrorKind::MasterNameNotFoundBySentinel, "the server is not the master").into());
        }
        Ok((connection, address.to_string()))
    }

    /// True when most Sentinels call another server the master. The old one may not know: where the network between
    /// them is broken it goes on taking commands, which are lost when it is mended.
    pub(super) async fn has_moved(&self, server: &str, limit: Duration) -> bool {
        let Place::Sentinels { sentinels, master, login } = &self.place else { return false };
        match ask_sentinels(sentinels, master, login, limit).await {
            Ok((address, agreed)) => agreed && address.to_string() != server,
            Err(_) => false,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Server(address) => write!(f, "{address}"),
            Place::Sentinels { sentinels, master, .. } => {
                write!(f, "{master} through the Sentinels")?;
                for (n, (host, port)) in sentinels.iter().enumerate() {
                    write!(f, "{} {host}:{port}", if n == 0 { "" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

async fn open(
    address: ConnectionAddr,
    login: &RedisConnectionInfo,
    config: &AsyncConnectionConfig,
) -> Result<MultiplexedConnection, RedisError> {
    // Without nodelay (the crate's default) a small command waits for the ACK of the one before it.
    let info = address
        .into_connection_info()?
        .set_redis_settings(login.clone())
        .set_tcp_settings(TcpSettings::default().set_nodelay(true));
    Client::open(info)?.get_multiplexed_async_connection_with_config(config).await
}

/// The master's address as most Sentinels see it, and whether that is a majority of all. One that is cut off from the
/// others may still name the old one.
async fn ask_sentinels(
    sentinels: &[(String, u16)],
    master: &str,
    login: &RedisConnectionInfo,
    limit: Duration,
) -> Result<(ConnectionAddr, bool), RedisError> {
    let mut asked: FuturesUnordered<_> = sentinels
        .iter()
        .map(|sentinel| tokio::time::timeout(limit, ask_sentinel(sentinel, master, login)))
        .collect();
    let mut votes: Vec<((String, u16), usize)> = Vec::new();
    let mut failure = RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "no Sentinel answered"));
    while let Some(answer) = asked.next().await {
        let address = match answer {
            Ok(Ok(address)) => address,
            Ok(Err(error)) => {
                failure = error;
                continue;
            }
            Err(_) => continue,
        };
        let position = votes.iter().position(|(other, _)| *other == address).unwrap_or_else(|| {
            votes.push((address, 0));
            votes.len() - 1
        });
        votes[position].1 += 1;
        if votes[position].1 * 2 > sentinels.len() {
            break;
        }
    }
    let ((host, port), count) = votes.into_iter().max_by_key(|(_, count)| *count).ok_or(failure)?;
    Ok((ConnectionAddr::Tcp(host, port), count * 2 > sentinels.len()))
}

async fn ask_sentinel(
    (host, port): &(String, u16),
    master: &str,
    login: &RedisConnectionInfo,
) -> Result<(String, u16), RedisError> {
    let mut connection =
        open(ConnectionAddr::Tcp(host.clone(), *port), login, &AsyncConnectionConfig::new()).await?;
    let answer: Option<(String, u16)> = ::redis::cmd("SENTINEL")
        .arg("get-master-addr-by-name")
        .arg(master)
        .query_async(&mut connection)
        .await?;
    answer.ok_or_else(|| {
        (
            ErrorKind::MasterNameNotFoundBySentinel,
            "the Sentinel knows no master of that name",
            master.to_owned(),
        )
            .into()
    })
}

fn timed_out() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

fn host_and_port(text: &str) -> Result<(String, u16)> {
    let (host, port) = match text.rsplit_once(':') {
        // The last colon of a bare IPv6 address is part of it.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().map_err(|_| malformed("a Sentinel's port is not a number"))?)
        }
        _ => (text, SENTINEL_PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(malformed("a Sentinel's host is missing"));
    }
    Ok((host.to_owned(), port))
}

fn with_credentials(mut login: RedisConnectionInfo, user: &str, password: &str) -> RedisConnectionInfo {
    if !user.is_empty() {
        login = login.set_username(user);
    }
    if !password.is_empty() {
        login = login.set_password(password);
    }
    login
}

/// Undoes percent-encoding. A plus sign stays one, unlike in a form.
fn decode(text: &str) -> String {
    url::form_urlencoded::parse(text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D").as_bytes())
        .next()
        .map(|(key, _)| key.into_owned())
        .unwrap_or_default()
}

fn malformed(why: &str) -> Error {
    Error::invalid(
        "redis_url",
        format!(
            "The Redis URL cannot be used: {why}. Write redis://user:password@host:6379/0 or \
             redis+sentinel://user:password@host:26379,host:26379/master-name/0."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentinel_urls_are_read() {
        let address =
            Address::parse("redis+sentinel://app:p%40ss+word@a:1,b,[::1]:3/main/2?sentinel_password=s%26s")
                .unwrap();
        let Place::Sentinels { sentinels, master, login } = &address.place else {
            panic!("not a Sentinel address")
        };
        assert_eq!(*sentinels, [("a".into(), 1), ("b".into(), SENTINEL_PORT), ("::1".into(), 3)]);
        assert_eq!(master, "main");
        assert_eq!(login.password(), Some("s&s"));
        assert_eq!(address.login.username(), Some("app"));
        assert_eq!(address.login.password(), Some("p@ss+word"));
        assert_eq!(address.login.db(), 2);
        let printed = address.to_string();
        assert!(printed.contains("a:1") && !printed.contains("p@ss"), "{printed}");
    }

    #[test]
    fn broken_urls_are_refused_without_their_password() {
        for url in [
            "redis+sentinel://u:hunter2@a:1,b:2",
            "redis+sentinel://u:hunter2@a:x/main",
            "redis+sentinel://u:hunter2@/main",
            "redis+sentinel://u:hunter2@a:1/main/two",
            "http://u:hunter2@a:1",
            "redis://u:hunter2@a:1/two",
        ] {
            let Err(error) = Address::parse(url) else { panic!("{url} was taken") };
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn plain_urls_always_speak_resp3() {
        let address = Address::parse("redis://:secret@localhost:7001/3?protocol=resp2").unwrap();
        assert_eq!(address.login.protocol(), ProtocolVersion::RESP3);
        assert_eq!(address.login.db(), 3);
        assert_eq!(address.to_string(), "localhost:7001");
    }
}
