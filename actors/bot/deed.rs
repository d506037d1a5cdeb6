//! What is done about an input: asks the world, answers with a screen. Everything here may be
//! repeated, because a crash repeats the update.

mod access;
mod avatars;
mod coaching;
mod collecting;
mod creating;
mod forget;
mod photos;
mod training;

use super::burst::Burst;
use super::dialogue::{Deed, Dialogue};
use super::screen;
use super::texts::Language;
use crate::avatar::AvatarId;
use crate::ports::{
    AvatarCard, Face, Message, MessageId, ObjectKey, Person, Place as Leafed, Standing, StoreError,
    UpdateId, Who,
};
use crate::world::World;

/// The circumstances of a deed.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) who: &'a Who,
    pub(super) person: &'a Person,
    pub(super) dialogue: &'a Dialogue,
    /// Which update asks for it.
    pub(super) update: UpdateId,
    /// It was tried before, and nobody knows how far that went.
    pub(super) again: bool,
    /// What came together with it.
    pub(super) burst: &'a Burst,
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
    /// Into the message that counts photos, else a new one, which is the counter then.
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
    /// The language of the answer, if it is another from now on.
    pub(super) language: Option<Language>,
    /// The person is forgotten; these trainings of theirs are to be looked at, and nothing is to be
    /// kept of the conversation.
    pub(super) forgotten: Option<Vec<AvatarId>>,
    /// The training that the screen is about, and what the screen says of it.
    pub(super) shows: Option<(Standing, Face)>,
}

impl Reply {
    fn screen(message: Message) -> Self {
        Self { message: Some(message), ..Self::silence() }
    }

    fn toast(key: &'static str) -> Self {
        Self { toast: Some(key), ..Self::silence() }
    }

    /// The same without its screen, if nothing hangs on that: a press is still answered.
    pub(super) fn hushed(mut self) -> Self {
        let changes = self.next.is_some()
            || self.look.is_some()
            || self.forgotten.is_some()
            || self.shows.is_some()
            || self.language.is_some();
        if !changes {
            self.message = None;
            self.sheet.clear();
        }
        self
    }

    /// Nothing is said: another one of those that came together is answered.
    fn silence() -> Self {
        Self {
            toast: None,
            message: None,
            place: Place::Here,
            sheet: Vec::new(),
            next: None,
            look: None,
            language: None,
            forgotten: None,
            shows: None,
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
    if !scene.person.admitted && !deed.is_for_all() {
        return Ok(access::refuse(scene).await);
    }
    Ok(match deed {
        Deed::Redeem(code) => access::redeem(scene, &code).await?,
        Deed::MainMenu => {
            Reply::screen(screen::main_menu(language, &scene.who.first_name)).then(Dialogue::Idle)
        }
        Deed::AvatarMenu => {
            let avatars = scene.world.drafts.avatars(scene.person.user).await?;
            Reply::screen(screen::avatar_menu(language, avatars.len()))
        }
        Deed::Gallery => avatars::gallery(scene).await?,
        Deed::Card(number) => avatars::leaf(scene, Leafed::Number(number)).await?,
        Deed::View(avatar) => avatars::leaf(scene, Leafed::Of(avatar)).await?,
        Deed::SetMain(avatar) => avatars::set_main(scene, avatar).await?,
        Deed::AskRename(avatar) => avatars::ask_name(scene, avatar).await?,
        Deed::Rename(avatar, name) => avatars::rename(scene, avatar, &name).await?,
        Deed::AskDelete(avatar) => avatars::ask_delete(scene, avatar).await?,
        Deed::Delete(avatar) => avatars::delete(scene, avatar).await?,
        Deed::Reopen(avatar) => avatars::reopen(scene, avatar).await?,
        Deed::AskForget => forget::ask(scene).await?,
        Deed::Forget => forget::forget(scene).await?,
        Deed::KeepName => left(language, "avatar-name-kept"),
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
        Deed::MissPhoto(avatar) => collecting::miss_photo(scene, avatar).await?,
        Deed::AwaitPhotos(avatar) => collecting::await_photos(scene, avatar).await?,
        Deed::ListPhotos => photos::list_photos(scene, None).await?,
        Deed::RemovePhoto(photo) => photos::remove_photo(scene, photo).await?,
        Deed::Summary => creating::summary(scene).await?,
        Deed::Start(avatar) => training::start(scene, avatar).await?,
        Deed::StartAgain(avatar) => training::start_again(scene, avatar).await?,
        Deed::Refresh(avatar) => training::refresh(scene, avatar, None).await?,
        Deed::AskCancel(avatar) => training::ask_cancel(scene, avatar).await?,
        Deed::Cancel(avatar) => training::cancel(scene, avatar).await?,
        Deed::Generate(avatar) => match owned(scene, avatar).await? {
            Some(card) if card.provisional => {
                Reply::screen(screen::plain(language, "generate-later")).below()
            }
            Some(_) => Reply::screen(screen::plain(language, "coming-generation")).below(),
            None => Reply::toast("toast-not-yours"),
        },
        Deed::Leave => left(language, "left"),
        // Of an album that nobody waits for the last photo is answered.
        Deed::Say(_) if scene.burst.goes_on().await => Reply::silence(),
        Deed::Say(key) => Reply::screen(screen::plain(language, key)),
        Deed::Toast(key) => Reply::toast(key),
        Deed::Nothing => Reply::silence(),
    })
}

fn left(language: Language, key: &str) -> Reply {
    Reply::screen(screen::plain(language, key)).then(Dialogue::Idle)
}

async fn owned(scene: &Scene<'_>, avatar: AvatarId) -> Result<Option<AvatarCard>, StoreError> {
    scene.world.drafts.avatar(scene.person.user, avatar).await
}

/// Speaks the language from now on, and shows once more where the conversation stands.
async fn speak(scene: &Scene<'_>, language: Language) -> Result<Reply, StoreError> {
    let world = scene.world;
    world.drafts.speak(scene.person.user, language).await?;
    if let Err(error) = world.messenger.list_commands(scene.who.chat, language).await {
        slog::warn!(world.log, "a chat keeps its list of commands: {}", error);
    }
    let person = Person { language, ..scene.person.clone() };
    let scene = Scene { person: &person, ..*scene };
    let shown = match scene.dialogue {
        _ if !person.admitted => access::refuse(&scene).await,
        Dialogue::Idle => Reply::screen(screen::main_menu(language, &scene.who.first_name)),
        Dialogue::Naming { kind } => Reply::screen(screen::ask_name(language, *kind)),
        Dialogue::Collecting { avatar, .. } => collecting::recount(&scene, *avatar).await?,
        Dialogue::Renaming { avatar } => avatars::ask_name(&scene, *avatar).await?,
    };
    Ok(Reply { toast: Some("language-set"), language: Some(language), ..shown })
}
