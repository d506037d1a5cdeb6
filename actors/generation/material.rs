//! What an order is made from, where FAL can read it: the weights, and the picture that others are
//! to be like.

use super::craft::{GenerationCraft, again, hopeless};
use crate::job::Prepared;
use crate::ports::{
    FailureKind, FileUrl, Material, ObjectError, PackError, RunningOrder, TrainerError,
};

/// Between two addresses in a row. No address contains one.
const BETWEEN: char = ' ';

/// As it is kept with the intent: a submit needs both addresses, and a renewal has to know which
/// weights could not be read.
pub(super) fn joined(material: Material) -> FileUrl {
    match material.source {
        Some(source) => FileUrl(format!("{}{BETWEEN}{}", material.weights.0, source.0).into()),
        None => material.weights,
    }
}

/// What was [`joined`].
pub(super) fn split(prepared: &FileUrl) -> Material {
    match prepared.0.split_once(BETWEEN) {
        Some((weights, source)) => {
            Material { weights: FileUrl(weights.into()), source: Some(FileUrl(source.into())) }
        }
        None => Material { weights: prepared.clone(), source: None },
    }
}

impl GenerationCraft {
    /// A copy at FAL of the picture that an order names, for this submit alone.
    ///
    /// If its owner has deleted it since, the order ends and says so: without it, it would be made
    /// elsewhere and be another order than the one that was bought.
    pub(super) async fn source_at_fal(
        &self,
        running: &RunningOrder,
    ) -> Result<Option<FileUrl>, Prepared> {
        if running.order.source.is_none() {
            return Ok(None);
        }
        let gone = |why: &str| hopeless(FailureKind::BadPhoto, "source_gone", why);
        let Some(source) = &running.source else {
            return Err(gone("the picture that these were to be like is deleted"));
        };
        let file = self.copier.copy(&source.key, &*self.objects).await;
        let file = file.map_err(|error| match error {
            PackError::Photo(ObjectError::Unavailable(cause)) => again(cause.to_string()),
            PackError::Photo(error @ (ObjectError::Missing(_) | ObjectError::BadKey(_))) => {
                gone(&error.to_string())
            }
            error @ PackError::Disk(_) => again(crate::error_chain::in_full(&error)),
        })?;
        let copy = self.generator.upload_picture(&file, &source.content_type).await;
        copy.map(Some).map_err(|error| match error {
            TrainerError::Unavailable(cause) => again(cause.to_string()),
            TrainerError::Refused(why) => again(why),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_addresses_come_back() {
        let url = |name: &str| FileUrl(format!("https://v3.fal.media/files/{name}").into());
        for source in [None, Some(url("picture.jpg"))] {
            let material = Material { weights: url("weights.safetensors"), source };
            assert_eq!(split(&joined(material.clone())), material);
        }
    }
}
