//! What is done about an input: asks the world, answers with a screen. Everything here may be
//! repeated, because a crash repeats the update.

use super::dialogue::{Deed, Dialogue};
use super::screen;
use super::texts::Language;
use crate::avatar::{AvatarId, PhotoId, TrainingType};
use crate::ports::{
    AvatarCard, Cancellation, FileRef, Message, MessageId, NewPhoto, ObjectBody, ObjectKey, Person,
    PhotoAdded, PhotoRefusal, SendError, Start, StoreError, Who,
};
use crate::world::World;
use uuid::Uuid;

/// The circumstances of a deed.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) who: &'a Who,
    pub(super) person: &'a Person,
    pub(super) dialogue: &'a Dialogue,
    /// More photos of this chat wait behind this one: the counter can wait for the last.
    pub(super) more_photos: bool,
    /// The message under which a button was pressed.
    pub(super) pressed: Option<MessageId>,
}

/// Where a screen goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the message of the pressed button, else a new one.
    Here,
    /// A new message.
    Below,
    /// Into the message that counts photos, else a new one.
    Counter,
}

/// What comes of a deed.
#[derive(Debug)]
pub(super) struct Reply {
    /// The short answer to a press.
    pub(super) toast: Option<&'static str>,
    /// The screen.
    pub(super) message: Option<Message>,
    /// Where it goes.
    pub(super) place: Place,
    /// Where the conversation stands now, if it moved.
    pub(super) next: Option<Dialogue>,
    /// The training to look at.
    pub(super) look: Option<AvatarId>,
}

impl Reply {
    fn screen(message: Message) -> Self {
        Self { toast: None, message: Some(message), place: Place::Here, next: None, look: None }
    }

    fn toast(key: &'static str) -> Self {
        Self { toast: Some(key), message: None, place: Place::Here, next: None, look: None }
    }

    fn below(mut self) -> Self {
        self.place = Place::Below;
        self
    }

    fn then(mut self, next: Dialogue) -> Self {
        self.next = Some(next);
        self
    }
}

/// Does it.
pub(super) async fn perform(scene: &Scene<'_>, deed: Deed) -> Result<Reply, StoreError> {
    let language = scene.person.language;
    let limits = &scene.world.limits;
    Ok(match deed {
        Deed::MainMenu => {
            Reply::screen(screen::main_menu(language, &scene.who.first_name)).then(Dialogue::Idle)
        }
        Deed::AvatarMenu => {
            let avatars = scene.world.drafts.avatars(scene.person.user).await?;
            Reply::screen(screen::avatar_menu(language, avatars.len()))
        }
        Deed::Gallery => {
            let avatars = scene.world.drafts.avatars(scene.person.user).await?;
            // The notice stays where it is: its «my avatars» opens below it.
            Reply::screen(screen::gallery(language, &avatars)).below()
        }
        Deed::Help => Reply::screen(screen::help(language, limits)),
        Deed::ChooseType => Reply::screen(screen::choose_type(language, limits)),
        Deed::AskName(kind) => {
            Reply::screen(screen::ask_name(language, kind)).then(Dialogue::Naming { kind })
        }
        Deed::AskLanguage => Reply::screen(screen::languages(language)),
        Deed::Speak(chosen) => speak(scene, chosen).await?,
        Deed::Open(kind, name) => open(scene, kind, &name).await?,
        Deed::AskPhotos(avatar) => ask_photos(scene, avatar).await?,
        Deed::TakePhoto(avatar, file) => take_photo(scene, avatar, &file).await?,
        Deed::ListPhotos => list_photos(scene, None).await?,
        Deed::RemovePhoto(photo) => remove_photo(scene, photo).await?,
        Deed::Summary => summary(scene).await?,
        Deed::Start(avatar) => start(scene, avatar).await?,
        Deed::Refresh(avatar) => refresh(scene, avatar, None).await?,
        Deed::AskCancel(avatar) => match owned(scene, avatar).await? {
            Some(card) => Reply::screen(screen::ask_cancel(language, &card)),
            None => Reply::toast("toast-not-yours"),
        },
        Deed::Cancel(avatar) => cancel(scene, avatar).await?,
        Deed::Generate(avatar) => match owned(scene, avatar).await? {
            Some(card) if card.provisional => {
                Reply::screen(screen::plain(language, "generate-later")).below()
            }
            Some(_) => Reply::screen(screen::plain(language, "coming-generation")).below(),
            None => Reply::toast("toast-not-yours"),
        },
        Deed::Leave => Reply::screen(screen::plain(language, "left")).then(Dialogue::Idle),
        Deed::Say(key) => Reply::screen(screen::plain(language, key)),
        Deed::Toast(key) => Reply::toast(key),
    })
}

async fn owned(scene: &Scene<'_>, avatar: AvatarId) -> Result<Option<AvatarCard>, StoreError> {
    scene.world.drafts.avatar(scene.person.user, avatar).await
}

/// The draft that the conversation is about, else the person's newest.
async fn current_draft(scene: &Scene<'_>) -> Result<Option<AvatarCard>, StoreError> {
    if let Some(avatar) = scene.dialogue.draft() {
        return Ok(owned(scene, avatar).await?.filter(|card| card.status.is_draft()));
    }
    let avatars = scene.world.drafts.avatars(scene.person.user).await?;
    Ok(avatars.into_iter().find(|card| card.status.is_draft()))
}

fn no_draft(scene: &Scene<'_>) -> Reply {
    let language = scene.person.language;
    let mut message = screen::plain(language, "no-draft");
    message.buttons.insert(0, vec![screen::button(language, "button-create", "create_avatar")]);
    Reply::screen(message).then(Dialogue::Idle)
}

async fn speak(scene: &Scene<'_>, language: Language) -> Result<Reply, StoreError> {
    scene.world.drafts.speak(scene.person.user, language).await?;
    Ok(Reply::screen(screen::plain(language, "language-set")))
}

async fn open(scene: &Scene<'_>, kind: TrainingType, name: &str) -> Result<Reply, StoreError> {
    let avatar = scene.world.drafts.open(scene.person.user, kind, name).await?;
    let message = screen::draft_made(scene.person.language, name, &scene.world.limits);
    Ok(Reply::screen(message).then(Dialogue::Collecting { avatar, counter: None }))
}

async fn ask_photos(scene: &Scene<'_>, avatar: Option<AvatarId>) -> Result<Reply, StoreError> {
    let draft = match avatar {
        Some(avatar) => match owned(scene, avatar).await? {
            Some(card) if card.status.is_draft() => Some(card),
            Some(_) => return Ok(Reply::toast("not-startable")),
            None => return Ok(Reply::toast("toast-not-yours")),
        },
        None => current_draft(scene).await?,
    };
    let Some(card) = draft else { return Ok(no_draft(scene)) };
    let message = screen::send_photos(scene.person.language, &card, &scene.world.limits);
    Ok(Reply::screen(message).then(Dialogue::Collecting { avatar: card.id, counter: None }))
}

/// Fetches, judges, stores; the row comes last, so that a row always has its object.
async fn take_photo(
    scene: &Scene<'_>,
    avatar: AvatarId,
    file: &FileRef,
) -> Result<Reply, StoreError> {
    let (world, language) = (scene.world, scene.person.language);
    let Some(card) = owned(scene, avatar).await?.filter(|card| card.status.is_draft()) else {
        return Ok(no_draft(scene));
    };
    if card.photos >= world.limits.max_photos {
        return Ok(Reply::screen(screen::photo_over(language, &world.limits)));
    }
    let photo = match develop(world, avatar, file).await? {
        Ok(photo) => photo,
        Err(message) => return Ok(Reply::screen(message.in_language(language))),
    };
    let added = world.drafts.add_photo(scene.person.user, avatar, &photo).await?;
    if !matches!(added, PhotoAdded::Taken(_))
        && let Err(error) = world.objects.delete(&photo.key).await
    {
        slog::warn!(world.log, "an object without a row stays behind: {}", error);
    }
    Ok(match added {
        PhotoAdded::Taken(_) if scene.more_photos => Reply { message: None, ..Reply::toast("") },
        PhotoAdded::Taken(count) => {
            let card = AvatarCard { photos: count, ..card };
            let message = screen::counter(language, &card, &world.limits);
            Reply { place: Place::Counter, ..Reply::screen(message) }
        }
        PhotoAdded::Duplicate => Reply::screen(screen::plain(language, "photo-duplicate")),
        PhotoAdded::Full => Reply::screen(screen::photo_over(language, &world.limits)),
        PhotoAdded::NoDraft => no_draft(scene),
    })
}

/// Why a photo did not become one.
enum NoPhoto {
    Refused(PhotoRefusal),
    Later,
}

impl NoPhoto {
    fn in_language(self, language: Language) -> Message {
        match self {
            Self::Refused(refusal) => screen::refused(language, &refusal),
            Self::Later => screen::plain(language, "photo-later"),
        }
    }
}

async fn develop(
    world: &World,
    avatar: AvatarId,
    file: &FileRef,
) -> Result<Result<NewPhoto, NoPhoto>, StoreError> {
    let limit = world.limits.photo_bytes;
    if file.size.is_some_and(|size| size > limit) {
        return Ok(Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit })));
    }
    let original = match world.messenger.download(file, limit).await {
        Ok(bytes) => bytes,
        Err(SendError::TooLarge { limit }) => {
            return Ok(Err(NoPhoto::Refused(PhotoRefusal::TooLarge { limit })));
        }
        Err(error) => {
            slog::warn!(world.log, "a photo could not be fetched: {}", error; "avatar" => %avatar);
            return Ok(Err(NoPhoto::Later));
        }
    };
    let developed = match world.darkroom.develop(original).await {
        Ok(developed) => developed,
        Err(refusal) => return Ok(Err(NoPhoto::Refused(refusal))),
    };
    let id = PhotoId(Uuid::now_v7());
    let key = ObjectKey(format!("photos/{avatar}/{}.jpg", id.0));
    let byte_size = developed.jpeg.len() as u64;
    if let Err(error) = world.objects.put(&key, ObjectBody::Bytes(developed.jpeg)).await {
        slog::error!(world.log, "a photo could not be stored: {}", error; "avatar" => %avatar);
        return Ok(Err(NoPhoto::Later));
    }
    Ok(Ok(NewPhoto {
        id,
        key,
        sha256: developed.sha256,
        width: developed.width,
        height: developed.height,
        byte_size,
        verdict: developed.verdict,
        telegram_file_unique_id: file.unique_id.clone(),
    }))
}

async fn list_photos(scene: &Scene<'_>, toast: Option<&'static str>) -> Result<Reply, StoreError> {
    let Some(card) = current_draft(scene).await? else { return Ok(no_draft(scene)) };
    let photos = scene.world.drafts.photos(scene.person.user, card.id).await?;
    let message = screen::photos(scene.person.language, &card, &photos);
    Ok(Reply { toast, ..Reply::screen(message) })
}

async fn remove_photo(scene: &Scene<'_>, photo: PhotoId) -> Result<Reply, StoreError> {
    let Some(key) = scene.world.drafts.remove_photo(scene.person.user, photo).await? else {
        return Ok(Reply::toast("toast-gone"));
    };
    if let Err(error) = scene.world.objects.delete(&key).await {
        slog::warn!(scene.world.log, "an object without a row stays behind: {}", error);
    }
    list_photos(scene, Some("photo-removed")).await
}

async fn summary(scene: &Scene<'_>) -> Result<Reply, StoreError> {
    let (language, limits) = (scene.person.language, &scene.world.limits);
    let Some(card) = current_draft(scene).await? else { return Ok(no_draft(scene)) };
    if card.photos < limits.min_photos {
        return Ok(Reply::screen(screen::too_few(language, card.photos, limits)));
    }
    Ok(Reply::screen(screen::summary(language, &card)))
}

async fn start(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    let (world, language) = (scene.world, scene.person.language);
    let Some(card) = owned(scene, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    let plan = world.trainer.plan(card.kind, avatar);
    match world.drafts.start(scene.person.user, avatar, &plan, scene.pressed).await? {
        Start::Started => {
            let shown = refresh(scene, avatar, Some("toast-started")).await?;
            Ok(Reply { look: Some(avatar), ..shown.then(Dialogue::Idle) })
        }
        Start::Running => refresh(scene, avatar, Some("already-training")).await,
        Start::TooFew { have } => {
            let message = screen::too_few(language, have, &world.limits);
            Ok(Reply::screen(message).then(Dialogue::Collecting { avatar, counter: None }))
        }
        Start::Leaving => Ok(Reply::toast("toast-leaving")),
        Start::Refused => Ok(Reply::toast("not-startable")),
    }
}

/// The screen of a training, or of what became of it.
async fn refresh(
    scene: &Scene<'_>,
    avatar: AvatarId,
    toast: Option<&'static str>,
) -> Result<Reply, StoreError> {
    let Some(card) = owned(scene, avatar).await? else {
        return Ok(Reply::toast("toast-not-yours"));
    };
    if card.status != crate::avatar::Status::Training {
        return Ok(Reply::toast("not-training"));
    }
    Ok(Reply { toast, ..Reply::screen(screen::training(scene.person.language, &card)) })
}

async fn cancel(scene: &Scene<'_>, avatar: AvatarId) -> Result<Reply, StoreError> {
    match scene.world.drafts.cancel(scene.person.user, avatar).await? {
        Cancellation::Cancelled => {
            scene.world.bell.notify_one();
            Ok(Reply { look: Some(avatar), ..Reply::toast("cancelling") })
        }
        Cancellation::NotRunning => Ok(Reply::toast("not-training")),
        Cancellation::Refused => Ok(Reply::toast("toast-not-yours")),
    }
}
