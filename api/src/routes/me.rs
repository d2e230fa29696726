//! The own profile.

use poem::web::Data;
use poem_openapi::types::{Example, Password};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::Context;
use shared::users::{self, Role, User};
use uuid::Uuid;

use crate::auth::{AnyUser, CurrentUser};
use crate::client::Client;
use crate::error::Result;
use crate::json::Json;
use crate::limits::Attempt;
use crate::routes::Tag;
use crate::time::Time;

pub(crate) struct Me;

/// A person with an account.
#[derive(Clone, Debug, Object)]
#[oai(rename = "User", example)]
pub(crate) struct UserView {
    pub(crate) id: Uuid,
    /// In lower case.
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: RoleName,
    pub(crate) created_at: Time,
}

impl Example for UserView {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x0193_5b1c_6a00_7000_8000_0000_0000_0001),
            email: "ada@example.org".into(),
            name: "Ada".into(),
            role: RoleName::Admin,
            created_at: Time(1_769_860_800_000),
        }
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let role = user.role.into();
        Self { id: user.id, email: user.email, name: user.name, role, created_at: Time(user.created_at) }
    }
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "Role", rename_all = "snake_case")]
pub(crate) enum RoleName {
    /// Everything.
    Admin,
    /// Everything of the own account.
    User,
    /// Nothing yet: an admin has to approve.
    Pending,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::User => Self::User,
            Role::Pending => Self::Pending,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::User => Self::User,
            RoleName::Pending => Self::Pending,
        }
    }
}

/// What to change of the own profile.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ProfileChange {
    /// 1 to 200 characters.
    name: Option<String>,
}

/// A change of the own password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordChange {
    /// The password until now.
    current: Password,
    /// The new one: 8 to 512 characters.
    new: Password,
}

#[derive(ApiResponse)]
pub(crate) enum Done {
    /// Done
    #[oai(status = 204)]
    NoContent,
}

#[OpenApi(prefix_path = "/api/v1/me", tag = "Tag::Account")]
impl Me {
    /// Get the own profile
    #[oai(path = "/", method = "get", operation_id = "getMe")]
    async fn get(&self, who: AnyUser) -> Json<UserView> {
        Json(who.user.clone().into())
    }

    /// Change the own profile
    #[oai(path = "/", method = "patch", operation_id = "updateMe")]
    async fn update(
        &self,
        ctx: Data<&Context>,
        who: CurrentUser,
        change: Json<ProfileChange>,
    ) -> Result<Json<UserView>> {
        match &change.name {
            Some(name) => Ok(Json(users::rename(&ctx, who.user.id, name).await?.into())),
            None => Ok(Json(who.user.clone().into())),
        }
    }

    /// Change the own password
    ///
    /// Ends all other sessions of the user.
    #[oai(path = "/password", method = "post", operation_id = "changePassword")]
    async fn password(
        &self,
        ctx: Data<&Context>,
        client: Data<&Client>,
        who: CurrentUser,
        change: Json<PasswordChange>,
    ) -> Result<Done> {
        let attempt = Attempt::begin(&ctx, client.address, &who.user.email).await?;
        let PasswordChange { current, new } = change.0;
        users::change_password(&ctx, &who, current.0.into(), new.0.into()).await?;
        attempt.right(&ctx).await;
        Ok(Done::NoContent)
    }
}
