//! The full-text index over titles and messages, kept by the database itself.
//!
//! PostgreSQL and SQLite keep a table of their own beside the text, written by triggers. Its words begin with one that
//! stands for the owner, so that a search reads no further than the chats of one user, however many there are. MySQL
//! and MariaDB index the text where it is: a trigger there needs a privilege that an application seldom has.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                // The texts that are there may take longer than a statement of the running system may.
                db.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
                for statement in POSTGRES {
                    db.execute_unprepared(statement).await?;
                }
            }
            DbBackend::MySql => {
                let version = Statement::from_string(DbBackend::MySql, "SELECT VERSION() AS version");
                let version: Option<String> =
                    db.query_one_raw(version).await?.map(|row| row.try_get("", "version")).transpose()?;
                let unbounded = match version.is_some_and(|version| version.contains("MariaDB")) {
                    true => "SET STATEMENT max_statement_time = 0 FOR ",
                    false => "",
                };
                for statement in MYSQL {
                    db.execute_unprepared(&format!("{unbounded}{statement}")).await?;
                }
            }
            _ => {
                for statement in SQLITE {
                    db.execute_unprepared(statement).await?;
                }
            }
        }
        Ok(())
    }
}

// A tsvector has room for a mebibyte; the first 200,000 characters of a message always fit. Marks of ASCII become
// spaces, since the parser would take `a/b.c` for one path.
const POSTGRES: &[&str] = &[
    "CREATE TABLE chat_search (
       id uuid PRIMARY KEY,
       chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
       words tsvector NOT NULL
     )",
    r##"CREATE FUNCTION skein_words(owner uuid, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
       SELECT array_to_tsvector(ARRAY['u' || replace(owner::text, '-', '')]) ||
         to_tsvector('simple', translate(left(body, 200000), $q$!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~$q$, repeat(' ', 32)))
     $$"##,
    "CREATE FUNCTION skein_index_message() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP <> 'INSERT' THEN
         DELETE FROM chat_search WHERE id = OLD.id;
       END IF;
       IF TG_OP <> 'DELETE' AND NEW.content <> '' THEN
         INSERT INTO chat_search (id, chat_id, words)
           SELECT NEW.id, c.id, skein_words(c.user_id, NEW.content) FROM chats c WHERE c.id = NEW.chat_id;
       END IF;
       RETURN NULL;
     END $$",
    "CREATE FUNCTION skein_index_chat() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF TG_OP <> 'INSERT' THEN
         DELETE FROM chat_search WHERE id = OLD.id;
       END IF;
       IF NEW.title <> '' THEN
         INSERT INTO chat_search (id, chat_id, words) VALUES (NEW.id, NEW.id, skein_words(NEW.user_id, NEW.title));
       END IF;
       RETURN NULL;
     END $$",
    "CREATE TRIGGER chat_search_message_new AFTER INSERT ON messages FOR EACH ROW WHEN (NEW.content <> '')
       EXECUTE FUNCTION skein_index_message()",
    "CREATE TRIGGER chat_search_message_changed AFTER UPDATE OF content ON messages FOR EACH ROW
       WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION skein_index_message()",
    "CREATE TRIGGER chat_search_message_gone AFTER DELETE ON messages FOR EACH ROW
       EXECUTE FUNCTION skein_index_message()",
    "CREATE TRIGGER chat_search_chat_new AFTER INSERT ON chats FOR EACH ROW WHEN (NEW.title <> '')
       EXECUTE FUNCTION skein_index_chat()",
    "CREATE TRIGGER chat_search_chat_changed AFTER UPDATE OF title ON chats FOR EACH ROW
       WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION skein_index_chat()",
    "INSERT INTO chat_search (id, chat_id, words)
       SELECT id, id, skein_words(user_id, title) FROM chats WHERE title <> ''",
    "INSERT INTO chat_search (id, chat_id, words)
       SELECT m.id, c.id, skein_words(c.user_id, m.content)
       FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.content <> ''",
    "CREATE INDEX ix_chat_search_words ON chat_search USING gin (words)",
    "CREATE INDEX ix_chat_search_chat_id ON chat_search (chat_id)",
];

const MYSQL: &[&str] = &[
    "ALTER TABLE chats ADD FULLTEXT INDEX ft_chats_title (title)",
    "ALTER TABLE messages ADD FULLTEXT INDEX ft_messages_content (content)",
];

// The words are kept without the text. Their row numbers come from a table of ours: a database that is packed anew may
// number the rows of `messages` anew.
const SQLITE: &[&str] = &[
    "CREATE TABLE chat_search (
       number INTEGER PRIMARY KEY,
       id BLOB NOT NULL UNIQUE,
       chat_id BLOB NOT NULL REFERENCES chats (id) ON DELETE CASCADE
     )",
    "CREATE INDEX ix_chat_search_chat_id ON chat_search (chat_id)",
    "CREATE VIRTUAL TABLE chat_words USING fts5(
       owner, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER chat_search_gone AFTER DELETE ON chat_search BEGIN
       DELETE FROM chat_words WHERE rowid = OLD.number;
     END",
    "CREATE TRIGGER chat_search_message_new AFTER INSERT ON messages WHEN NEW.content <> '' BEGIN
       INSERT INTO chat_search (id, chat_id) VALUES (NEW.id, NEW.chat_id);
       INSERT INTO chat_words (rowid, owner, body)
         SELECT s.number, 'u' || lower(hex(c.user_id)), substr(NEW.content, 1, 200000)
         FROM chat_search s JOIN chats c ON c.id = s.chat_id WHERE s.id = NEW.id;
     END",
    "CREATE TRIGGER chat_search_message_changed AFTER UPDATE OF content ON messages WHEN OLD.content <> NEW.content BEGIN
       DELETE FROM chat_search WHERE id = NEW.id;
       INSERT INTO chat_search (id, chat_id) VALUES (NEW.id, NEW.chat_id);
       INSERT INTO chat_words (rowid, owner, body)
         SELECT s.number, 'u' || lower(hex(c.user_id)), substr(NEW.content, 1, 200000)
         FROM chat_search s JOIN chats c ON c.id = s.chat_id WHERE s.id = NEW.id;
     END",
    "CREATE TRIGGER chat_search_message_gone AFTER DELETE ON messages BEGIN
       DELETE FROM chat_search WHERE id = OLD.id;
     END",
    "CREATE TRIGGER chat_search_chat_new AFTER INSERT ON chats WHEN NEW.title <> '' BEGIN
       INSERT INTO chat_search (id, chat_id) VALUES (NEW.id, NEW.id);
       INSERT INTO chat_words (rowid, owner, body)
         SELECT number, 'u' || lower(hex(NEW.user_id)), NEW.title FROM chat_search WHERE id = NEW.id;
     END",
    "CREATE TRIGGER chat_search_chat_changed AFTER UPDATE OF title ON chats WHEN OLD.title <> NEW.title BEGIN
       DELETE FROM chat_search WHERE id = NEW.id;
       INSERT INTO chat_search (id, chat_id) VALUES (NEW.id, NEW.id);
       INSERT INTO chat_words (rowid, owner, body)
         SELECT number, 'u' || lower(hex(NEW.user_id)), NEW.title FROM chat_search WHERE id = NEW.id;
     END",
    "INSERT INTO chat_search (id, chat_id) SELECT id, id FROM chats WHERE title <> ''",
    "INSERT INTO chat_search (id, chat_id) SELECT id, chat_id FROM messages WHERE content <> ''",
    "INSERT INTO chat_words (rowid, owner, body)
       SELECT s.number, 'u' || lower(hex(c.user_id)), substr(coalesce(m.content, c.title), 1, 200000)
       FROM chat_search s JOIN chats c ON c.id = s.chat_id LEFT JOIN messages m ON m.id = s.id",
];
