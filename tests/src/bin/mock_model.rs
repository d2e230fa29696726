//! A model server with scripted answers, for tests and benches. Prints `listening on http://ADDRESS` and runs until
//! it is told to stop.

use std::io::Write as _;
use std::net::SocketAddr;

use clap::Parser;
use skein_tests::mock::Mock;

#[derive(Parser)]
struct Options {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Refuse requests without this bearer token.
    #[arg(long)]
    api_key: Option<String>,
    /// A further name for the model lists, such as `mock?tokens=5`; may be given more than once.
    #[arg(long = "model")]
    models: Vec<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let mut builder = Mock::builder().listen(options.listen);
    if let Some(key) = &options.api_key {
        builder = builder.api_key(key);
    }
    let names: Vec<&str> = options.models.iter().map(String::as_str).collect();
    let mock = builder.models(&names).start().await?;
    writeln!(std::io::stdout(), "listening on http://{}", mock.address())?;
    skein_tests::services::stop_signal().await;
    Ok(())
}
