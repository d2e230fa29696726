//! Chats to take along.

use poem::Body;
use poem::http::header;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Response};
use poem_openapi::{Enum, OpenApi};
use shared::exports::{self, Export, Form};
use shared::{Context, chats};
use uuid::Uuid;

use super::Tag;
use crate::auth::CurrentUser;
use crate::error::Result;
use crate::time::Time;

/// `json` can be imported again; `markdown` is for reading and has the active branch of each chat.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum ExportForm {
    Json,
    Markdown,
}

/// Comes as it is read: one that breaks off is not whole.
type Exported = Response<Binary<Body>>;

impl ExportForm {
    fn form(self) -> Form {
        match self {
            Self::Json => Form::Json,
            Self::Markdown => Form::Markdown,
        }
    }

    fn answer(self, name: &str, export: Export) -> Exported {
        let (kind, ending) = match self {
            Self::Json => ("application/json", "json"),
            Self::Markdown => ("text/markdown; charset=utf-8", "md"),
        };
        Response::new(Binary(Body::from_bytes_stream(export)))
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_DISPOSITION, attached(name, ending))
    }
}

/// The header with a file name, in the old form for letters of ASCII and in that of RFC 6266 for all others.
fn attached(name: &str, ending: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let kept: String = name.chars().take(80).map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let kept = kept.trim_matches('-');
    let kept = if kept.is_empty() { "chat" } else { kept };
    let ascii: String = kept.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut coded = String::new();
    for byte in kept.bytes() {
        match plain(char::from(byte)) {
            true => coded.push(char::from(byte)),
            false => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}.{ending}\"; filename*=UTF-8''{coded}.{ending}")
}

pub(crate) struct ExportsApi;

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Exchange")]
impl ExportsApi {
    /// Export all own chats
    ///
    /// Archived ones too. The answer comes as it is read: one that breaks off is not whole.
    #[oai(path = "/chats/export", method = "get", operation_id = "exportChats")]
    async fn all(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        /// `json` if absent.
        format: Query<Option<ExportForm>>,
    ) -> Result<Exported> {
        let form = format.0.unwrap_or(ExportForm::Json);
        let day = Time(ctx.clock.now_ms()).to_string();
        let name = format!("skein-chats-{}", day.split('T').next().unwrap_or_default());
        Ok(form.answer(&name, exports::all(&ctx, user.user.id, form.form())))
    }

    /// Export a chat
    #[oai(path = "/chats/:id/export", method = "get", operation_id = "exportChat")]
    async fn one(
        &self,
        ctx: Data<&Context>,
        user: CurrentUser,
        id: Path<Uuid>,
        /// `json` if absent.
        format: Query<Option<ExportForm>>,
    ) -> Result<Exported> {
        let form = format.0.unwrap_or(ExportForm::Json);
        let chat = chats::find_for(&ctx, user.user.id, id.0).await?;
        chats::kept(&chat)?;
        let name = chat.title.clone();
        Ok(form.answer(&name, exports::one(&ctx, chat, form.form())))
    }
}

#[cfg(test)]
mod tests {
    use super::attached;

    #[test]
    fn a_title_becomes_a_file_name_that_every_browser_reads() {
        assert_eq!(
            attached("a/b\"c\r\n", "md"),
            "attachment; filename=\"a-b-c.md\"; filename*=UTF-8''a-b-c.md"
        );
        assert_eq!(
            attached("Gänse", "md"),
            "attachment; filename=\"G_nse.md\"; filename*=UTF-8''G%C3%A4nse.md"
        );
        assert_eq!(attached("…", "json"), "attachment; filename=\"chat.json\"; filename*=UTF-8''chat.json");
    }
}
