//! People with an account: sign-up, sign-in, passwords and roles.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::config::SignUp;
use crate::context::Context;
use crate::credentials::Identity;
pub use crate::entity::user::Role;
use crate::entity::user::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, FieldError, Kind, Result};
use crate::page::{Page, Slice};
use crate::sessions::{self, SignedIn};
use crate::{bell, db, ids, settings};

const PASSWORD_MIN: usize = 8;
/// Long enough for any sentence, short enough to hash.
const PASSWORD_MAX: usize = 512;
const NAME_MAX: usize = 200;
const EMAIL_MAX: usize = 254;
/// Words that one look through the users may have.
const MOST_WORDS: usize = 8;

/// A person as everybody but this module sees them: without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self { id: row.id, email: row.email, name: row.name, role: row.role, created_at: row.created_at }
    }
}

/// What somebody who signs up tells.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password: SecretString,
}

impl NewUser {
    /// Normalised, or every problem at once.
    fn checked(self) -> Result<Self> {
        let mut problems = Vec::new();
        let email = normal_email(&self.email).map_err(|p| problems.push(("email", p))).unwrap_or_default();
        let name = normal_name(&self.name).map_err(|p| problems.push(("name", p))).unwrap_or_default();
        if let Err(problem) = check_password(&self.password) {
            problems.push(("password", problem));
        }
        if problems.is_empty() {
            return Ok(Self { email, name, password: self.password });
        }
        let text: Vec<String> =
            problems.iter().map(|(field, problem)| format!("{field}: {problem}")).collect();
        let mut error = Error::invalid("invalid_request", text.join("; "));
        error.fields =
            problems.into_iter().map(|(f, p)| FieldError { field: f.into(), message: p.into() }).collect();
        Err(error)
    }
}

/// Makes the account and signs it in. The first user of all becomes admin; afterwards the setting decides.
pub async fn sign_up(ctx: &Context, new: NewUser, user_agent: &str) -> Result<SignedIn> {
    let new = new.checked()?;
    let rule = settings::get(ctx).await?.sign_up;
    let late = settings::has_users(ctx).await?;
    if late && rule == SignUp::Closed {
        return Err(closed());
    }
    let hash = ctx.passwords.hash(new.password.clone()).await?;
    let (id, now) = (ids::new(), ctx.clock.now_ms());
    let transaction = db::begin(&ctx.db).await?;
    // Decided inside the transaction: of many who race for an empty database, one is first.
    let first = !late && settings::claim_first_user(&transaction, id, now).await?;
    let role = match (first, rule) {
        (true, _) => Role::Admin,
        (false, SignUp::Open) => Role::User,
        (false, SignUp::Pending) => Role::Pending,
        (false, SignUp::Closed) => return Err(closed()),
    };
    let user = insert(&transaction, id, &new, hash, role, now).await?;
    let session = sessions::open(&transaction, ctx, user.id, user_agent).await?;
    transaction.commit().await?;
    tracing::info!(user = %user.id, role = ?user.role, "signed up");
    SignedIn::new(ctx, user, &session)
}

/// Makes an account on an operator's behalf, also where sign-up is closed. Without a role: admin for the first user of
/// all, user for later ones.
pub async fn create(ctx: &Context, new: NewUser, role: Option<Role>) -> Result<User> {
    let new = new.checked()?;
    let hash = ctx.passwords.hash(new.password.clone()).await?;
    let (id, now) = (ids::new(), ctx.clock.now_ms());
    let transaction = db::begin(&ctx.db).await?;
    let first = settings::claim_first_user(&transaction, id, now).await?;
    let role = role.unwrap_or(if first { Role::Admin } else { Role::User });
    let user = insert(&transaction, id, &new, hash, role, now).await?;
    transaction.commit().await?;
    Ok(user)
}

async fn insert(
    transaction: &DatabaseTransaction,
    id: Uuid,
    new: &NewUser,
    hash: String,
    role: Role,
    now: i64,
) -> Result<User> {
    let row = ActiveModel {
        id: Set(id),
        email: Set(new.email.clone()),
        name: Set(new.name.clone()),
        password_hash: Set(hash),
        role: Set(role),
        created_at: Set(now),
        updated_at: Set(now),
    };
    match Entity::insert(row).exec_without_returning(transaction).await {
        Ok(_) => {}
        Err(error) if db::is_duplicate(&error) => {
            let mut error =
                Error::conflict("email_taken", "There is an account with this e-mail address.").source(error);
            error.fields.push(FieldError { field: "email".into(), message: "is taken".into() });
            return Err(error);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(User { id, email: new.email.clone(), name: new.name.clone(), role, created_at: now })
}

/// Opens a session. An unknown address and a wrong password look alike, also by the clock.
pub async fn sign_in(
    ctx: &Context,
    email: &str,
    password: SecretString,
    user_agent: &str,
) -> Result<SignedIn> {
    let row = match normal_email(email) {
        Ok(email) => Entity::find().filter(Column::Email.eq(email)).one(&ctx.db).await?,
        Err(_) => None,
    };
    // A longer password cannot be anybody's, and hashing megabytes would be a way to keep this node busy.
    let fits = password.expose_secret().len() <= PASSWORD_MAX * 4;
    let hash = row.as_ref().filter(|_| fits).map(|row| row.password_hash.clone());
    let right = ctx.passwords.verify(if fits { password } else { "".into() }, hash).await?;
    let Some(row) = row.filter(|_| right) else {
        return Err(wrong_credentials());
    };
    let session = sessions::open(&ctx.db, ctx, row.id, user_agent).await?;
    SignedIn::new(ctx, row.into(), &session)
}

/// Sets a new password and ends every other session of the user.
pub async fn change_password(
    ctx: &Context,
    who: &Identity,
    current: SecretString,
    new: SecretString,
) -> Result<()> {
    check_password(&new).map_err(|problem| Error::field("new", problem))?;
    let row = Entity::find_by_id(who.user.id).one(&ctx.db).await?.ok_or_else(wrong_credentials)?;
    if !ctx.passwords.verify(current, Some(row.password_hash)).await? {
        let mut error = Error::new(Kind::Forbidden, "wrong_password", "The current password is wrong.");
        error.fields.push(FieldError { field: "current".into(), message: "is wrong".into() });
        return Err(error);
    }
    set_password(ctx, who.user.id, new, who.session()).await
}

/// Sets a password on an operator's behalf and ends all sessions of the user.
pub async fn reset_password(ctx: &Context, email: &str, new: SecretString) -> Result<User> {
    check_password(&new).map_err(|problem| Error::field("password", problem))?;
    let email = normal_email(email).map_err(|problem| Error::field("email", problem))?;
    let row = Entity::find().filter(Column::Email.eq(email)).one(&ctx.db).await?;
    let user = User::from(row.ok_or_else(|| Error::not_found("user"))?);
    set_password(ctx, user.id, new, None).await?;
    Ok(user)
}

async fn set_password(ctx: &Context, user: Uuid, new: SecretString, keep: Option<Uuid>) -> Result<()> {
    let hash = ctx.passwords.hash(new).await?;
    let transaction = db::begin(&ctx.db).await?;
    Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(user))
        .exec(&transaction)
        .await?;
    sessions::revoke_others(&transaction, ctx, user, keep).await?;
    transaction.commit().await?;
    bell::user_changed(ctx, user).await;
    tracing::info!(%user, "password changed");
    Ok(())
}

/// Gives the user another name.
pub async fn rename(ctx: &Context, user: Uuid, name: &str) -> Result<User> {
    update(ctx, user, Change { name: Some(name.to_owned()), role: None }).await
}

/// What an admin changes of a user; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub role: Option<Role>,
}

/// Changes a user. The last admin stays one.
pub async fn update(ctx: &Context, id: Uuid, change: Change) -> Result<User> {
    let name = change
        .name
        .map(|name| normal_name(&name))
        .transpose()
        .map_err(|problem| Error::field("name", problem))?;
    let transaction = db::begin(&ctx.db).await?;
    if change.role.is_some_and(|role| role != Role::Admin) {
        // Locked, so that two admins who demote each other at once do not leave none.
        let admins: Vec<Uuid> = Entity::find()
            .filter(Column::Role.eq(Role::Admin))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .all(&transaction)
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        if admins == [id] {
            return Err(Error::conflict("last_admin", "The last admin cannot lose that role."));
        }
    }
    let mut update = Entity::update_many()
        .col_expr(Column::UpdatedAt, Expr::value(ctx.clock.now_ms()))
        .filter(Column::Id.eq(id));
    if let Some(name) = name {
        update = update.col_expr(Column::Name, Expr::value(name));
    }
    if let Some(role) = change.role {
        update = update.col_expr(Column::Role, Expr::value(role));
    }
    update.exec(&transaction).await?;
    let row = Entity::find_by_id(id).one(&transaction).await?.ok_or_else(|| Error::not_found("user"))?;
    transaction.commit().await?;
    bell::user_changed(ctx, id).await;
    Ok(row.into())
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<User>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(User::from))
}

/// Which users a list shows; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub role: Option<Role>,
    /// Words of which each is in the name or the address.
    pub words: Option<String>,
}

/// Users, the oldest first.
pub async fn list(ctx: &Context, filter: &Filter, slice: &Slice) -> Result<Page<User>> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(slice.limit + 1);
    if let Some(role) = filter.role {
        query = query.filter(Column::Role.eq(role));
    }
    for word in filter.words.as_deref().unwrap_or_default().split_whitespace().take(MOST_WORDS) {
        let escaped = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let like = || LikeExpr::new(format!("%{escaped}%")).escape('!');
        let name = Expr::expr(Func::lower(Expr::col(Column::Name)));
        query =
            query.filter(Condition::any().add(name.like(like())).add(Expr::col(Column::Email).like(like())));
    }
    if let Some(after) = slice.after_id()? {
        query = query.filter(Column::Id.gt(after));
    }
    let users = query.all(&ctx.db).await?.into_iter().map(User::from).collect();
    Ok(Page::cut(users, slice.limit, |user: &User| user.id.to_string()))
}

/// One spelling for each address: trimmed and in lower case.
pub fn normal_email(email: &str) -> Result<String, &'static str> {
    let email = email.trim().to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else {
        return Err("is no e-mail address");
    };
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    if local.is_empty()
        || local.len() > 64
        || domain.is_empty()
        || domain.starts_with('.')
        || domain.ends_with('.')
        || !local.chars().all(clean)
        || !domain.chars().all(clean)
    {
        return Err("is no e-mail address");
    }
    if email.len() > EMAIL_MAX {
        return Err("is too long: 254 bytes at most");
    }
    Ok(email)
}

fn normal_name(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Err("must not be empty");
    }
    if name.chars().count() > NAME_MAX {
        return Err("is too long: 200 characters at most");
    }
    if name.chars().any(char::is_control) {
        return Err("must not have control characters");
    }
    Ok(name.to_owned())
}

fn check_password(password: &SecretString) -> Result<(), &'static str> {
    match password.expose_secret().chars().count() {
        n if n < PASSWORD_MIN => Err("is too short: 8 characters at least"),
        n if n > PASSWORD_MAX => Err("is too long: 512 characters at most"),
        _ => Ok(()),
    }
}

fn closed() -> Error {
    Error::new(Kind::Forbidden, "sign_up_closed", "Sign-up is closed. Ask an admin for an account.")
}

fn wrong_credentials() -> Error {
    Error::new(Kind::Unauthenticated, "invalid_credentials", "The e-mail address or the password is wrong.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_each_address() {
        assert_eq!(normal_email("  Ada@Example.ORG ").unwrap(), "ada@example.org");
        assert_eq!(normal_email("ada@localhost").unwrap(), "ada@localhost");
        for wrong in ["", "ada", "@example.org", "ada@", "a b@c.d", "a@b@c.d", "a@.d", "a\u{0}@b.c"] {
            assert!(normal_email(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_problem_of_a_sign_up_is_told_at_once() {
        let new = NewUser { email: "x".into(), name: " ".into(), password: "short".into() };
        let error = new.checked().unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["email", "name", "password"]);
        assert!(!error.to_string().contains("short\""));
    }
}
