//! Sign up, sign in, stay signed in, sign out.

use poem::Request;
use poem::http::header;
use poem::web::Data;
use poem_openapi::types::{Example, Password};
use poem_openapi::{ApiResponse, Object, OpenApi};
use secrecy::ExposeSecret;
use shared::Context;
use shared::sessions::{self, SignedIn};
use shared::users::{self, NewUser};

use crate::auth::{AnyUser, Presented, own_page};
use crate::client::Client;
use crate::cookie;
use crate::error::Result;
use crate::json::Json;
use crate::limits::Attempt;
use crate::routes::Tag;
use crate::routes::me::UserView;
use crate::time::Time;

pub(crate) struct Auth;

/// A new account.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct SignUp {
    email: String,
    /// 1 to 200 characters.
    name: String,
    /// 8 to 512 characters.
    password: Password,
}

impl Example for SignUp {
    fn example() -> Self {
        Self {
            email: "ada@example.org".into(),
            name: "Ada".into(),
            password: Password("correct horse battery staple".into()),
        }
    }
}

/// The way into an account.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct SignIn {
    email: String,
    password: Password,
}

impl Example for SignIn {
    fn example() -> Self {
        Self { email: "ada@example.org".into(), password: Password("correct horse battery staple".into()) }
    }
}

/// A user with a fresh token.
#[derive(Object)]
#[oai(rename = "SignedIn", example)]
struct SignedInView {
    /// For the header `Authorization: Bearer`. Browsers get it as a cookie too and need not keep it.
    token: String,
    /// When the token ends. Its session lives longer: refresh it.
    expires_at: Time,
    user: UserView,
}

impl Example for SignedInView {
    fn example() -> Self {
        Self {
            token: "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl".into(),
            expires_at: Time(1_769_904_000_000),
            user: UserView::example(),
        }
    }
}

#[derive(ApiResponse)]
enum SignedUp {
    /// The account is made and signed in
    #[oai(status = 201)]
    Created(Json<SignedInView>, #[oai(header = "Set-Cookie")] String),
}

#[derive(ApiResponse)]
enum Entered {
    /// Signed in
    #[oai(status = 200)]
    Ok(Json<SignedInView>, #[oai(header = "Set-Cookie")] String),
}

#[derive(ApiResponse)]
enum Left {
    /// Signed out
    #[oai(status = 204)]
    NoContent(#[oai(header = "Set-Cookie")] String),
}

#[OpenApi(prefix_path = "/api/v1/auth", tag = "Tag::Auth")]
impl Auth {
    /// Sign up
    ///
    /// The first user of an installation becomes its admin. Later ones are approved by an admin, let in at once, or
    /// refused (403 `sign_up_closed`), as the setting `sign_up` says. A user who waits for approval gets a token too;
    /// everything but `/me` and sign-out answers 403 `account_pending` until then. 409 `email_taken`: there is such an
    /// account.
    #[oai(path = "/sign-up", method = "post", operation_id = "signUp")]
    async fn sign_up(
        &self,
        ctx: Data<&Context>,
        client: Data<&Client>,
        request: &Request,
        new: Json<SignUp>,
    ) -> Result<SignedUp> {
        own_page(request)?;
        let SignUp { email, name, password } = new.0;
        let new = NewUser { email, name, password: password.0.into() };
        let (body, cookie) = signed_in(&ctx, &client, users::sign_up(&ctx, new, user_agent(request)).await?);
        Ok(SignedUp::Created(body, cookie))
    }

    /// Sign in
    ///
    /// 401 `invalid_credentials` when the address or the password is wrong; 429 `too_many_attempts` with `Retry-After`
    /// after too many attempts on one account or from one address.
    #[oai(path = "/sign-in", method = "post", operation_id = "signIn")]
    async fn sign_in(
        &self,
        ctx: Data<&Context>,
        client: Data<&Client>,
        request: &Request,
        entry: Json<SignIn>,
    ) -> Result<Entered> {
        own_page(request)?;
        let SignIn { email, password } = entry.0;
        let account = users::normal_email(&email).unwrap_or_default();
        let attempt = Attempt::begin(&ctx, client.address, &account).await?;
        let entered = users::sign_in(&ctx, &email, password.0.into(), user_agent(request)).await?;
        attempt.right(&ctx).await;
        let (body, cookie) = signed_in(&ctx, &client, entered);
        Ok(Entered::Ok(body, cookie))
    }

    /// Refresh a token
    ///
    /// Takes a sign-in token, also one that has expired, for as long as its session lives, and lets the session live on.
    #[oai(path = "/refresh", method = "post", operation_id = "refreshToken")]
    async fn refresh(&self, ctx: Data<&Context>, client: Data<&Client>, token: Presented) -> Result<Entered> {
        let fresh = sessions::refresh(&ctx, token.0.expose_secret()).await?;
        let (body, cookie) = signed_in(&ctx, &client, fresh);
        Ok(Entered::Ok(body, cookie))
    }

    /// Sign out
    ///
    /// Ends the session on all nodes and takes the cookie away.
    #[oai(path = "/sign-out", method = "post", operation_id = "signOut")]
    async fn sign_out(&self, ctx: Data<&Context>, client: Data<&Client>, who: AnyUser) -> Result<Left> {
        sessions::sign_out(&ctx, &who).await?;
        Ok(Left::NoContent(cookie::clear(&client).to_str().unwrap_or_default().to_owned()))
    }
}

fn signed_in(ctx: &Context, client: &Client, signed_in: SignedIn) -> (Json<SignedInView>, String) {
    let max_age_s = (signed_in.session_expires_at - ctx.clock.now_ms()) / 1000;
    let cookie = cookie::set(client, &signed_in.token, max_age_s);
    let body = SignedInView {
        token: signed_in.token.expose_secret().to_owned(),
        expires_at: Time(signed_in.expires_at),
        user: signed_in.user.into(),
    };
    (Json(body), cookie.to_str().unwrap_or_default().to_owned())
}

fn user_agent(request: &Request) -> &str {
    request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
