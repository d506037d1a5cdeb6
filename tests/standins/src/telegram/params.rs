//! The parameters of a call, in any of the four encodings.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{multipart, refusal::Refusal};

/// A file that came with a multipart call.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
}

/// The parameters of a call, in whatever encoding.
///
/// In a form all values are strings and nested objects are JSON in a string; in JSON they have
/// their own types. The readers below accept both, as the real server does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    values: BTreeMap<String, Value>,
    files: HashMap<String, Upload>,
}

impl Params {
    /// Reads query and body.
    ///
    /// # Errors
    ///
    /// 400 if the body is not what its content type says.
    pub(crate) fn read(query: &str, content_type: &str, body: &Bytes) -> Result<Self, Refusal> {
        let mut params = Self::default();
        params.form(query.as_bytes());
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        match kind.as_str() {
            "application/json" if !body.is_empty() => {
                let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
                    return Err(Refusal::bad("can't parse JSON object"));
                };
                params.values.extend(object);
            }
            "application/x-www-form-urlencoded" => params.form(body),
            "multipart/form-data" => {
                for part in multipart::parts(content_type, body)? {
                    params.part(part);
                }
            }
            _ => {}
        }
        Ok(params)
    }

    /// The parameters of a method in a webhook answer.
    pub(crate) fn of_object(object: Map<String, Value>) -> Self {
        Self { values: object.into_iter().collect(), files: HashMap::new() }
    }

    fn form(&mut self, input: &[u8]) {
        for (name, value) in form_urlencoded::parse(input) {
            self.values.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    fn part(&mut self, part: multipart::Part) {
        if let Some(file_name) = part.file_name {
            let upload = Upload { name: file_name, mime: part.mime, bytes: part.body };
            self.files.insert(part.name, upload);
        } else {
            let text = String::from_utf8_lossy(&part.body).into_owned();
            self.values.insert(part.name, Value::String(text));
        }
    }

    /// A parameter as text; numbers and booleans are accepted too.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Some(other.to_string())
            }
        }
    }

    /// A whole number; anything else counts as missing.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A boolean; missing counts as false.
    pub(crate) fn flag(&self, name: &str) -> bool {
        let text = self.text(name).unwrap_or_default().to_lowercase();
        matches!(text.as_str(), "true" | "yes" | "1")
    }

    /// A nested object or array.
    ///
    /// # Errors
    ///
    /// 400 if it is a string that is not JSON.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::bad(format!("can't parse {name} JSON object"))),
            Some(other) => Ok(Some(other.clone())),
        }
    }

    /// The file of a field, or the one that an `attach://` value points to.
    pub(crate) fn upload(&self, field: &str, value: Option<&str>) -> Option<&Upload> {
        match value.and_then(|value| value.strip_prefix("attach://")) {
            Some(part) => self.files.get(part),
            None => self.files.get(field),
        }
    }

    /// Everything for the ledger: nested JSON is parsed, files are given by name and size.
    pub(crate) fn record(&self) -> Value {
        let open = |value: &Value| {
            let nested = value.as_str().filter(|text| text.starts_with(['{', '[']));
            let nested = nested.and_then(|text| serde_json::from_str(text).ok());
            nested.unwrap_or_else(|| value.clone())
        };
        let values = self.values.iter().map(|(name, value)| (name.clone(), open(value)));
        let files = self.files.iter().map(|(name, file)| {
            (
                name.clone(),
                json!({ "file": file.name, "mime": file.mime, "bytes": file.bytes.len() }),
            )
        });
        Value::Object(values.chain(files).collect())
    }
}
