//! Text out of pictures, where an admin has installed what can read them: pictures themselves, and pages of a PDF that
//! are pictures. What is not read stays named in the notice.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::process::Stdio;

use shared::config::{Files, Ocr, s};
use shared::{Context, Error, Result};

use super::{child, unwritable};
use crate::extract::{Page, Text};

/// Bytes of a page that is drawn, and of the text that is read of one.
const DRAWN: u64 = 64 << 20;
const READ: u64 = 1 << 20;

/// Reads what is a picture in this file, as far as time and the number of pages allow.
pub(super) async fn read(ctx: &Context, file: &File, media_type: &str, text: &mut Text) -> Result<()> {
    let settings = &ctx.config.files;
    if settings.ocr == Ocr::Off {
        return Ok(());
    }
    let pages = async {
        if media_type.starts_with("image/") {
            if let Some(found) = picture(settings, file).await? {
                text.pages = vec![Page { number: None, text: found }];
            }
        } else if media_type == "application/pdf" {
            scanned(settings, file, text).await?;
        }
        Ok(())
    };
    // What was read so far is kept.
    tokio::time::timeout(s(settings.ocr_s), pages).await.unwrap_or(Ok(()))
}

/// The pages without text, one after the other.
async fn scanned(settings: &Files, file: &File, text: &mut Text) -> Result<()> {
    let bare: Vec<usize> = (0..text.pages.len()).filter(|at| text.pages[*at].is_blank()).collect();
    for at in bare.into_iter().take(settings.ocr_pages) {
        let Some(page) = text.pages[at].number else { continue };
        let Some(drawn) = tool(settings, file, &["--draw", &page.to_string()], DRAWN).await? else { break };
        let drawn = tokio::task::spawn_blocking(move || kept(&drawn));
        let drawn =
            drawn.await.map_err(|error| Error::internal("A page could not be kept.").source(error))??;
        let Some(found) = picture(settings, &drawn).await? else { break };
        text.pages[at].text = found;
        text.notice = crate::extract::notice(&text.pages);
    }
    Ok(())
}

/// The text of a picture; nothing where no program can read it.
async fn picture(settings: &Files, file: &File) -> Result<Option<String>> {
    let found = tool(settings, file, &["--ocr", &settings.ocr_languages], READ).await?;
    Ok(found.map(|bytes| crate::extract::text_of(&bytes)))
}

/// What a program makes of a file; nothing where it is not installed or did not get to its end.
async fn tool(settings: &Files, file: &File, what: &[&str], most: u64) -> Result<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| Error::unavailable("A file cannot be read again.").source(error);
    let mut file = file.try_clone().map_err(failed)?;
    file.rewind().map_err(failed)?;
    let ended = child::run(settings, Stdio::from(file), what, most).await?;
    Ok(ended.filter(|(status, _)| status.success()).map(|(_, said)| said))
}

/// The bytes as a file without a name.
fn kept(bytes: &[u8]) -> Result<File> {
    let mut file = tempfile::tempfile().map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)?;
    Ok(file)
}
