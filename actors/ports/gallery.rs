//! A person's pictures as they look through them. Every statement carries the person, so nobody can
//! see or touch another's.

use super::images::extension;
use super::{ImageCard, ImageId, MessageId, ObjectKey, StoreError};
use crate::avatar::UserId;
use crate::language::Language;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Which pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those that the person marked.
    Favorites,
    /// Those of their main avatar.
    Avatar,
}

/// Where in the gallery, the newest picture first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// From 0; wraps around at both ends.
    Index(i64),
    /// At this picture, even if the filter leaves it out: it may just have been unmarked.
    Image(ImageId),
}

/// One picture with what is known of how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryImage {
    /// The picture.
    pub card: ImageCard,
    /// From 0, in the gallery as it is filtered.
    pub index: i64,
    /// The avatar's name; foreign text. Empty if the avatar is gone.
    pub name: String,
    /// The id of the style, if one was chosen.
    pub style: Option<String>,
    /// What the person wrote; foreign text.
    pub words: Option<String>,
    /// What was sent. Empty if that is not known: a picture of the older Aisha.
    pub prompt: String,
    /// Whoever has this word can send the picture; `None`: it is not shared.
    pub share_token: Option<String>,
}

/// Pictures that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryPage {
    /// At least one.
    pub images: Vec<GalleryImage>,
    /// How many there are with this filter.
    pub total: i64,
}

/// A message that told a person of the pictures of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldIn {
    /// The message is the picture, with its buttons.
    Single,
    /// The message has the buttons for an album.
    Control,
}

/// A picture that its owner shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Which.
    pub image: ImageId,
    /// Telegram's name of it as a photo.
    pub file: String,
    /// Its owner's language.
    pub language: Language,
}

/// A picture as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryFile {
    /// Which.
    pub image: ImageId,
    /// Its bytes, as they were made.
    pub key: ObjectKey,
    /// How many.
    pub byte_size: u64,
    /// Its media type.
    pub content_type: String,
    /// The avatar's name; foreign text.
    pub name: String,
    /// When we had it.
    pub created_at: DateTime<Utc>,
}

impl GalleryFile {
    /// How the name of its file ends.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        extension(&self.content_type)
    }
}

/// The gallery of pictures.
///
/// All methods fail with [`StoreError::Unavailable`] if the database is out of reach. All but
/// [`Gallery::toggle_favorite`] are safe to repeat.
#[async_trait]
pub trait Gallery: Send + Sync {
    /// The page of `size` pictures that this place is on; `None` if there is no picture with this
    /// filter, or not this one.
    async fn images(
        &self,
        user: UserId,
        filter: Filter,
        at: At,
        size: u32,
    ) -> Result<Option<GalleryPage>, StoreError>;

    /// Marks a picture, or removes the mark; whether it is marked now. `None`: they have no such
    /// picture. Repeated, it does the opposite.
    async fn toggle_favorite(
        &self,
        user: UserId,
        image: ImageId,
    ) -> Result<Option<bool>, StoreError>;

    /// Deletes a picture for good; false if they have no such picture. The row is gone with this
    /// statement, which leaves its objects to be removed, so a crash only costs time.
    async fn delete_image(&self, user: UserId, image: ImageId) -> Result<bool, StoreError>;

    /// Whether this message told the person of the order of this picture.
    async fn told_in(
        &self,
        user: UserId,
        image: ImageId,
        message: MessageId,
    ) -> Result<Option<ToldIn>, StoreError>;

    /// Shares a picture; returns the word for it, of 128 random bits. `None`: they have no such
    /// picture.
    async fn share(&self, user: UserId, image: ImageId) -> Result<Option<String>, StoreError>;

    /// Shares a picture no more; false if they have no such picture.
    async fn unshare(&self, user: UserId, image: ImageId) -> Result<bool, StoreError>;

    /// What this person shares by this word, if Telegram knows the picture.
    async fn shared(&self, telegram_id: i64, word: &str) -> Result<Option<Shared>, StoreError>;

    /// All their pictures, the oldest first, at most this many.
    async fn files(&self, user: UserId, most: u32) -> Result<Vec<GalleryFile>, StoreError>;
}
