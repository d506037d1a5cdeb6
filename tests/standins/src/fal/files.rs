//! Files that jobs made and clients uploaded, served to anybody who knows the URL.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};

use super::{reply, shared::Shared};

/// FAL names result folders after animals.
const FOLDERS: [&str; 8] =
    ["panda", "koala", "zebra", "lion", "tiger", "rabbit", "monkey", "penguin"];

/// One file.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

/// All files by their path.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<String, File>);

impl Files {
    pub(super) fn put(&mut self, path: String, content_type: &str, bytes: Bytes) {
        self.0.insert(path, File { content_type: content_type.to_owned(), bytes });
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
        |file| HttpResponse::Ok().content_type(file.content_type).body(file.bytes),
    )
}
