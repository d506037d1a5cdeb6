//! What is done about an input: asks the world, answers with a screen. Everything here may be
//! repeated, because a crash repeats the update.

mod coaching;
mod creating;
mod photos;
mod training;

use super::dialogue::{Deed, Dialogue};
use super::screen;
use super::texts::Language;
use crate::avatar::AvatarId;
use crate::ports::{AvatarCard, Message, MessageId, ObjectKey, Person, StoreError, Who};
use crate::world::World;

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
    /// Photos to be shown above it, in one picture; then it goes below.
    pub(super) sheet: Vec<ObjectKey>,
    /// Where the conversation stands now, if it moved.
    pub(super) next: Option<Dialogue>,
    /// The training to look at.
    pub(super) look: Option<AvatarId>,
}

impl Reply {
    fn screen(message: Message) -> Self {
        Self { message: Some(message), ..Self::nothing() }
    }

    fn toast(key: &'static str) -> Self {
        Self { toast: Some(key), ..Self::nothing() }
    }

    fn nothing() -> Self {
        Self {
            toast: None,
            message: None,
            place: Place::Here,
            sheet: Vec::new(),
            next: None,
            look: None,
        }
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
        Deed::Open(kind, name) => creating::open(scene, kind, &name).await?,
        Deed::AskPhotos(avatar) => creating::ask_photos(scene, avatar).await?,
        Deed::TakePhoto(avatar, file) => photos::take_photo(scene, avatar, &file).await?,
        Deed::ListPhotos => photos::list_photos(scene, None).await?,
        Deed::RemovePhoto(photo) => photos::remove_photo(scene, photo).await?,
        Deed::Summary => creating::summary(scene).await?,
        Deed::Start(avatar) => training::start(scene, avatar).await?,
        Deed::Refresh(avatar) => training::refresh(scene, avatar, None).await?,
        Deed::AskCancel(avatar) => match owned(scene, avatar).await? {
            Some(card) => Reply::screen(screen::ask_cancel(language, &card)),
            None => Reply::toast("toast-not-yours"),
        },
        Deed::Cancel(avatar) => training::cancel(scene, avatar).await?,
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

async fn speak(scene: &Scene<'_>, language: Language) -> Result<Reply, StoreError> {
    scene.world.drafts.speak(scene.person.user, language).await?;
    Ok(Reply::screen(screen::plain(language, "language-set")))
}
