//! What to do about an input: calls the ports, answers with a screen. Everything here is safe to
//! repeat, because a crash repeats the update.

mod access;
mod avatars;
mod coaching;
mod collecting;
mod creating;
mod credits;
mod forget;
mod gallery;
mod photos;
mod pictures;
mod training;

use super::album::Album;
use super::dialogue::{Action, Dialogue};
use super::screen;
use crate::avatar::AvatarId;
use crate::bot::world::BotWorld;
use crate::language::Language;
use crate::ports::{
    AvatarCard, Face, ImageCard, JobId, Message, MessageId, ObjectKey, Person, Place as PageOf,
    ShownAs, Standing, StoreError, UpdateId, Who,
};

/// The context of an action.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) world: &'a BotWorld,
    pub(super) who: &'a Who,
    pub(super) person: &'a Person,
    pub(super) dialogue: &'a Dialogue,
    /// The update that asks for it.
    pub(super) update: UpdateId,
    /// It was tried before, and it is unknown how far that got.
    pub(super) again: bool,
    /// What came together with it.
    pub(super) album: &'a Album,
    /// The message under which a button was pressed.
    pub(super) pressed: Option<MessageId>,
}

/// Where a screen goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the message of the pressed button, otherwise a new one.
    Here,
    /// A new message.
    Below,
    /// Into the message that counts photos, otherwise into a new one, which becomes the counter.
    Counter,
}

/// What a screen is shown with.
#[derive(Clone, Debug)]
pub(super) enum Visual {
    /// Pictures side by side, numbered, in rows of this many.
    Sheet(Vec<ObjectKey>, usize),
    /// One picture.
    Image(Box<ImageCard>, ShownAs),
    /// What the message shows already: only its buttons change.
    Unchanged,
}

/// The effects of an action.
#[derive(Debug)]
pub(super) struct Reply {
    /// The short answer to a press.
    pub(super) toast: Option<&'static str>,
    /// The screen.
    pub(super) message: Option<Message>,
    /// Where it goes.
    pub(super) place: Place,
    /// Photos to show above it in one picture; the message then goes below.
    pub(super) contact_sheet: Vec<ObjectKey>,
    /// What it is shown with, in one message.
    pub(super) visual: Option<Visual>,
    /// It replaces a picture, which words cannot: it goes below, and the picture is deleted.
    pub(super) instead: bool,
    /// The new state of the conversation, if it changed.
    pub(super) next: Option<Dialogue>,
    /// The job to check.
    pub(super) look: Option<JobId>,
    /// The language of the answer, if it changed.
    pub(super) language: Option<Language>,
    /// The person is erased; these trainings of theirs must be checked, and nothing of the
    /// conversation is kept.
    pub(super) forgotten: Option<Vec<AvatarId>>,
    /// The job that the screen is about, and what it shows about it.
    pub(super) shows: Option<(Standing, Face)>,
}

impl Reply {
    fn screen(message: Message) -> Self {
        Self { message: Some(message), ..Self::silence() }
    }

    fn toast(key: &'static str) -> Self {
        Self { toast: Some(key), ..Self::silence() }
    }

    /// The same without its screen, if nothing depends on it: a press is still answered.
    pub(super) fn hushed(mut self) -> Self {
        let changes = self.next.is_some()
            || self.look.is_some()
            || self.forgotten.is_some()
            || self.shows.is_some()
            || self.language.is_some();
        if !changes {
            self.message = None;
            self.contact_sheet.clear();
            self.visual = None;
        }
        self
    }

    /// Says nothing, because another of those that came together is answered.
    fn silence() -> Self {
        Self {
            toast: None,
            message: None,
            place: Place::Here,
            contact_sheet: Vec::new(),
            visual: None,
            instead: false,
            next: None,
            look: None,
            language: None,
            forgotten: None,
            shows: None,
        }
    }

    /// The same with words before it.
    fn led(mut self, words: &str) -> Self {
        if let Some(message) = &mut self.message {
            message.html = format!("{words}\n\n{}", message.html);
        }
        self
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
pub(super) async fn perform(context: &Context<'_>, action: Action) -> Result<Reply, StoreError> {
    let language = context.person.language;
    let limits = &context.world.limits;
    if !context.person.admitted && !action.is_for_all() {
        return Ok(access::refuse(context).await);
    }
    Ok(match action {
        Action::Redeem(code) => access::redeem(context, &code).await?,
        Action::MainMenu => main_menu(context),
        Action::AvatarMenu => {
            let avatars = context.world.avatars.avatars(context.person.user).await?;
            Reply::screen(screen::avatar_menu(language, avatars.len()))
        }
        Action::Gallery => avatars::gallery(context).await?,
        Action::Card(number) => avatars::page(context, PageOf::Number(number)).await?,
        Action::View(avatar) => avatars::page(context, PageOf::Of(avatar)).await?,
        Action::SetMain(avatar) => avatars::set_main(context, avatar).await?,
        Action::AskRename(avatar) => avatars::ask_name(context, avatar).await?,
        Action::Rename(avatar, name) => avatars::rename(context, avatar, &name).await?,
        Action::AskDelete(avatar) => avatars::ask_delete(context, avatar).await?,
        Action::Delete(avatar) => avatars::delete(context, avatar).await?,
        Action::Reopen(avatar) => avatars::reopen(context, avatar).await?,
        Action::AskForget => forget::ask(context).await?,
        Action::Forget => forget::forget(context).await?,
        Action::KeepName => left(language, "avatar-name-kept"),
        Action::Help => Reply::screen(screen::help(language, limits)),
        Action::ChooseType => Reply::screen(screen::choose_type(language, limits)),
        Action::AskName(kind) => {
            Reply::screen(screen::ask_name(language, kind)).then(Dialogue::Naming { kind })
        }
        Action::AskLanguage => Reply::screen(screen::languages(language)),
        Action::Speak(chosen) => speak(context, chosen).await?,
        Action::Open(kind, name) => creating::open(context, kind, &name).await?,
        Action::AskPhotos(avatar) => creating::ask_photos(context, avatar).await?,
        Action::TakePhoto(avatar, file) => photos::take_photo(context, avatar, &file).await?,
        Action::MissPhoto(avatar) => collecting::miss_photo(context, avatar).await?,
        Action::AwaitPhotos(avatar) => collecting::await_photos(context, avatar).await?,
        Action::ListPhotos => photos::list_photos(context, None).await?,
        Action::RemovePhoto(photo) => photos::remove_photo(context, photo).await?,
        Action::Summary => creating::summary(context).await?,
        Action::Start(avatar) => training::start(context, avatar).await?,
        Action::StartAgain(avatar) => training::start_again(context, avatar).await?,
        Action::Refresh(avatar) => training::refresh(context, avatar, None).await?,
        Action::AskCancel(avatar) => training::ask_cancel(context, avatar).await?,
        Action::Cancel(avatar) => training::cancel(context, avatar).await?,
        Action::Picture(action) => pictures::perform(context, action).await?,
        Action::Balance => credits::balance(context).await?,
        Action::TopUp => credits::top_up(context),
        Action::Privacy => {
            Reply::screen(screen::privacy(language, context.world.interpreter.is_there()))
        }
        Action::Browse(browse) => gallery::browse(context, browse).await?,
        Action::Leave => left(language, "left"),
        // In an album that nothing waits for, the last photo is answered.
        Action::Say(_) if context.album.goes_on().await => Reply::silence(),
        Action::Say(key) => Reply::screen(screen::plain(language, key)),
        Action::Toast(key) => Reply::toast(key),
        Action::Nothing => Reply::silence(),
    })
}

fn main_menu(context: &Context<'_>) -> Reply {
    let (language, name) = (context.person.language, &context.who.first_name);
    let menu = screen::main_menu(language, name, context.world.prices.is_some());
    Reply::screen(menu).then(Dialogue::Idle)
}

fn left(language: Language, key: &str) -> Reply {
    Reply::screen(screen::plain(language, key)).then(Dialogue::Idle)
}

async fn owned(context: &Context<'_>, avatar: AvatarId) -> Result<Option<AvatarCard>, StoreError> {
    context.world.avatars.avatar(context.person.user, avatar).await
}

/// Switches the language, and shows the current state again.
async fn speak(context: &Context<'_>, language: Language) -> Result<Reply, StoreError> {
    let world = context.world;
    world.avatars.speak(context.person.user, language).await?;
    if let Err(error) = world.messenger.list_commands(context.who.chat, language).await {
        slog::warn!(world.process.log, "a chat keeps its list of commands: {}", error);
    }
    let person = Person { language, ..context.person.clone() };
    let context = Context { person: &person, ..*context };
    let shown = match context.dialogue {
        _ if !person.admitted => access::refuse(&context).await,
        Dialogue::Idle => main_menu(&context),
        Dialogue::Naming { kind } => Reply::screen(screen::ask_name(language, *kind)),
        Dialogue::Collecting { avatar, .. } => collecting::recount(&context, *avatar).await?,
        Dialogue::Renaming { avatar } => avatars::ask_name(&context, *avatar).await?,
        Dialogue::Picturing { avatar, .. } => pictures::menu(&context, Some(*avatar)).await?,
        Dialogue::Wording { avatar } => pictures::ask_words(&context, Some(*avatar)).await?,
    };
    Ok(Reply { toast: Some("language-set"), language: Some(language), ..shown })
}
