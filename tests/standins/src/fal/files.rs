//! Files that jobs made and clients uploaded, served to anybody who knows the URL.

use std::{collections::HashMap, io};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use futures_util::{StreamExt as _, stream};

use super::{reply, shared::Shared};

/// FAL names result folders after animals.
const FOLDERS: [&str; 8] =
    ["panda", "koala", "zebra", "lion", "tiger", "rabbit", "monkey", "penguin"];

/// One file.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
    /// Whoever asks is refused.
    pub(super) forbidden: bool,
    /// The last bytes are sent again and again.
    pub(super) endless: bool,
}

/// All files by their path.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<String, File>);

impl Files {
    pub(super) fn put(&mut self, path: String, content_type: &str, bytes: Bytes) {
        let content_type = content_type.to_owned();
        self.0.insert(path, File { content_type, bytes, forbidden: false, endless: false });
    }

    /// Puts a file that never ends.
    pub(super) fn put_endless(&mut self, path: String, content_type: &str, bytes: Bytes) {
        let content_type = content_type.to_owned();
        self.0.insert(path, File { content_type, bytes, forbidden: false, endless: true });
    }

    /// Refuses the file to everybody from now on.
    pub(super) fn forbid(&mut self, path: &str) -> bool {
        self.0.get_mut(path).map(|file| file.forbidden = true).is_some()
    }

    pub(super) fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// Deletes the file for good, as at the end of its lifetime.
    pub(super) fn remove(&mut self, path: &str) -> bool {
        self.0.remove(path).is_some()
    }
}

/// The path of a file that a job made; for the same job and name it is always the same.
pub(super) fn result_path(request_id: &str, name: &str) -> String {
    let sum = request_id.bytes().map(usize::from).sum::<usize>();
    format!("/files/{}/{}_{name}", FOLDERS[sum % FOLDERS.len()], request_id.replace('-', ""))
}

pub(super) async fn serve(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let file = shared.read(|world| world.files.get(request.path()).cloned());
    file.map_or_else(
        || reply::detail(404, "Not Found"),
        |file| match file {
            File { forbidden: true, .. } => reply::detail(403, "Forbidden"),
            File { endless: true, content_type, bytes, .. } => {
                let again = stream::repeat(bytes).map(Ok::<_, io::Error>);
                HttpResponse::Ok().content_type(content_type).streaming(again)
            }
            File { content_type, bytes, .. } => {
                HttpResponse::Ok().content_type(content_type).body(bytes)
            }
        },
    )
}
