//! Where rows and objects are.

use super::Reader;
use crate::config::Database;
use crate::objects::S3Settings;

const URL_FORM: &str =
    "write postgresql://user:password@host:5432/database, or unset it for a private server";

impl Reader<'_> {
    pub(super) fn database(&mut self) -> Database {
        let pool_size = self.value("DB_POOL_SIZE", 10, 2, 1000);
        let server = self.text("DATABASE_URL").map(|url| url.replacen("+asyncpg", "", 1));
        let server = server.and_then(|url| match url.parse::<tokio_postgres::Config>() {
            Ok(config) if !config.get_hosts().is_empty() => Some(config),
            Ok(_) => {
                self.mistake("DATABASE_URL", "it names no host", URL_FORM);
                None
            }
            // The error may repeat the address with its password: only its kind is said.
            Err(_) => {
                self.mistake(
                    "DATABASE_URL",
                    "it is not the address of a PostgreSQL database",
                    URL_FORM,
                );
                None
            }
        });
        Database { server, pool_size }
    }

    pub(super) fn objects(&mut self) -> Option<S3Settings> {
        let endpoint = self.text("MINIO_ENDPOINT")?.to_owned();
        let secure = self.switch("MINIO_SECURE", false);
        let bucket = self.text("MINIO_BUCKET_AVATARS").unwrap_or("aisha-v2-avatars").to_owned();
        let region = self.text("MINIO_REGION").map(str::to_owned);
        let (access, secret) =
            (self.text("MINIO_ACCESS_KEY").map(str::to_owned), self.secret("MINIO_SECRET_KEY"));
        for (name, missing) in
            [("MINIO_ACCESS_KEY", access.is_none()), ("MINIO_SECRET_KEY", secret.is_none())]
        {
            if missing {
                let remedy = "set it, or unset MINIO_ENDPOINT to keep objects as files";
                self.mistake(name, "it is missing although MINIO_ENDPOINT is set", remedy);
            }
        }
        let (access_key, secret_key) = (access?, secret?);
        Some(S3Settings { endpoint, access_key, secret_key, secure, region, bucket })
    }
}
