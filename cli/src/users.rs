//! `skein user`: for the admin who is locked out.

use std::io::BufRead as _;

use secrecy::SecretString;
use shared::entity::user::Role;
use shared::users::{self, NewUser};
use shared::{Config, Context, Error, Result, Shutdown};

use crate::cli::UserCommand;
use crate::roles::say;

pub(crate) async fn run(config: Config, command: UserCommand) -> Result<()> {
    let ctx = Context::connect_beside(config, Shutdown::new()).await?;
    migrations::check(&ctx.db).await?;
    let password = read_password().await?;
    let user = match command {
        UserCommand::Create { email, name, admin } => {
            let new = NewUser { email, name, password };
            users::create(&ctx, new, admin.then_some(Role::Admin)).await?
        }
        UserCommand::ResetPassword { email } => users::reset_password(&ctx, &email, password).await?,
    };
    say(&format!("{} {} ({:?})", user.id, user.email, user.role));
    ctx.shutdown.stop();
    Ok(())
}

/// The first line of standard input.
async fn read_password() -> Result<SecretString> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = read
        .await
        .map_err(|e| Error::internal("Standard input cannot be read.").source(e))?
        .map_err(|e| Error::internal("Standard input cannot be read.").source(e))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Error::field("password", "is read from standard input, and that was empty"));
    }
    Ok(password.to_owned().into())
}
