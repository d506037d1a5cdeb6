//! Where the rows and the objects are.

use super::Reader;
use crate::config::Database;
use crate::objects::S3Settings;
use crate::postgres::{Address, WrongAddress};

const URL_FORM: &str =
    "write postgresql://user:password@host:5432/database, or unset it to use a private server";

const ROOT_FORM: &str =
    "name a file of PEM certificates that aisha's user can read, or write system";

impl Reader<'_> {
    pub(super) fn database(&mut self) -> Database {
        let pool_size = self.value("DB_POOL_SIZE", 10, 2, 1000);
        let server = self.text("DATABASE_URL").map(|url| url.replacen("+asyncpg", "", 1));
        let server = server.and_then(|url| match Address::parse(&url) {
            Ok(address) => Some(address),
            Err(error) => {
                let remedy = match error {
                    WrongAddress::NoAddress | WrongAddress::NoHost => URL_FORM,
                    WrongAddress::HalfChecked | WrongAddress::Unused => "write sslmode=verify-full",
                    WrongAddress::Root(_) => ROOT_FORM,
                };
                self.mistake("DATABASE_URL", error.to_string(), remedy);
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
