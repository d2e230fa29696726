//! `skein check` and `skein healthcheck`.

use std::time::Duration;

use shared::{Config, Context, Error, Kind, Result, Shutdown, health, settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::roles::say;

/// Looks at each part and says what to do about those that fail.
pub(crate) async fn run(config: Config) -> Result<()> {
    let mut failed = false;
    let mut part = |name: &str, result: Result<String>| match result {
        Ok(text) => say(&format!("ok      {name}: {text}")),
        Err(error) => {
            failed = true;
            say(&format!("FAILED  {name}: {}", error.message));
        }
    };
    part("configuration", Ok(describe(&config)));
    let is_cluster = config.is_cluster();
    match Context::connect_beside(config, Shutdown::new()).await {
        // The error names the part that could not be opened and what to do.
        Err(error) => part("connections", Err(error)),
        Ok(ctx) => {
            for found in health::parts(&ctx).await {
                let result = match found.problem {
                    None => Ok("can be reached".to_owned()),
                    Some(problem) => Err(Error::new(Kind::Unavailable, "unavailable", problem)),
                };
                part(found.name, result);
            }
            let schema = migrations::check(&ctx.db).await;
            let current = schema.is_ok();
            part("schema", schema.map(|()| "is current".to_owned()));
            if current {
                let agreed = settings::agree_on_secret(&ctx).await;
                let text =
                    if is_cluster { "is the one of the other nodes" } else { "is the one of this database" };
                part("signing secret", agreed.map(|()| text.to_owned()));
            }
            ctx.shutdown.stop();
        }
    }
    if failed {
        Err(Error::new(Kind::Unavailable, "check_failed", "Not all parts are in order."))
    } else {
        Ok(())
    }
}

fn describe(config: &Config) -> String {
    let queue = if config.is_cluster() { "Redis" } else { "in this process" };
    format!("database {:?}, queue and log {queue}", config.database_kind())
}

/// Asks the process that listens at the configured address. Plain HTTP/1.0, so that the image needs no client.
pub(crate) async fn health(config: &Config) -> Result<()> {
    let mut address = config.server.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        stream.write_all(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut head = [0_u8; 12];
        stream.read_exact(&mut head).await?;
        Ok::<_, std::io::Error>(head)
    };
    match tokio::time::timeout(Duration::from_secs(5), ask).await {
        Ok(Ok(head)) if head.ends_with(b" 200") => Ok(()),
        Ok(Ok(_)) => Err(Error::new(Kind::Unavailable, "not_ready", "The process is not ready.")),
        Ok(Err(error)) => {
            Err(Error::new(Kind::Unavailable, "not_ready", "The process does not answer.").source(error))
        }
        Err(_) => Err(Error::new(Kind::Unavailable, "not_ready", "The process does not answer in time.")),
    }
}
