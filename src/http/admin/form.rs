//! What the forms of the page send.

use super::{AdminState, Asked, page, words};
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A form that this process made, known by its key. Any other is answered with 403, before the
/// handler that asks for one.
#[derive(Debug)]
pub(super) struct OurForm<T>(pub(super) T);

/// The form of a confirmation: nothing but the key.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {}

#[derive(Deserialize)]
struct Keyed<T> {
    key: String,
    #[serde(flatten)]
    fields: T,
}

impl<T: DeserializeOwned + 'static> FromRequest for OurForm<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::<Keyed<T>>::from_request(request, payload);
        let request = request.clone();
        let checked = async move {
            let state = request.app_data::<Data<AdminState>>();
            match (form.await, state) {
                (Ok(Form(form)), Some(state)) if state.forms.fits(&form.key) => {
                    Ok(Self(form.fields))
                }
                (Ok(_) | Err(_), Some(_) | None) => Err(stale(&request)),
            }
        };
        checked.boxed_local()
    }
}

/// In the reader's language, as every other answer.
fn stale(request: &HttpRequest) -> Error {
    let asked = Query::<Asked>::from_query(request.query_string());
    let texts = words(request, &asked.map(Query::into_inner).unwrap_or_default());
    let answer = page::sentence(StatusCode::FORBIDDEN, texts, texts.stale_form);
    InternalError::from_response("a form that is not ours", answer).into()
}
