//! English.

use super::super::troubles::What;
use super::Texts;
use crate::story::moment::UNITS;
use actors::language::Language;

pub(super) const TEXTS: Texts = Texts {
    language: Language::En,
    other: "Русский",
    units: UNITS,
    ago: "{} ago",
    ahead: "in {}",
    just_now: "just now",
    never: "never",
    unknown: "not known",

    title: "Aisha, from inside",
    back: "Everything",
    find: "Show",
    find_hint: "id of an avatar",
    paused: "not live",
    runbook: "runbook",
    seen_at: "as of",

    all_well: "All is well.",
    wrong: "Wrong now",
    since: "since",
    todo: "What to do",

    spent_today: "Begun in 24 hours (estimated)",
    without_limit: "no limit",
    pause_why: "Why? Operators read it, people don't.",

    trainings: "Trainings in flight",
    none_in_flight: "Nothing trains just now.",
    avatar: "Avatar",
    age: "Age",
    typical: "usual",
    not_usual_yet: "too few to compare",
    stage: "Stage",
    news: "Last news",
    next_check: "Next look",
    when_fal_is_back: "when FAL is back",
    place: "place in FAL's queue",
    watched_by: "Watched by",
    nobody: "NOBODY",
    more: "more, not shown",

    outbox: "Outbox",
    oldest: "oldest",
    dead_letters: "Dead letters",
    no_dead_letters: "No dead letters.",
    notice: "Notice",
    tries: "Tries",
    reason: "Reason",
    no_such_notice: "There is no such notice.",
    notices_done: "Done, notices",

    providers: "Whom we depend on",
    provider: "Who",
    state: "State",
    works: "works",
    fails: "fails",
    not_asked: "not asked yet",
    breaker: "breaker open: only tried now and then",
    latency: "Usual answer",
    last_answer: "Last answer",
    slowest: "slowest",
    store: "Object store",
    connections: "connections in use",
    polling: "updates come in",
    polling_elsewhere: "another instance takes the updates",
    polling_starting: "not asked yet",
    last_webhook: "Last webhook",
    verified: "verified",
    refused: "refused",
    keys_age: "FAL's keys, age",
    keys_none: "none: no webhook was judged yet",

    tree: "Supervision tree",
    actor: "Actor",
    restarts: "Restarts",
    mailbox: "Waiting",
    last_error: "Last error",
    instances: "Instances",
    roles: "Roles",
    shards: "Shards",
    heartbeat: "Heartbeat",
    gone: "gone",
    this_one: "this one",
    silent: "The supervisor does not answer.",

    history: "History",
    history_in_english: "",
    now: "Now",
    attempt: "attempt",
    owner: "Telegram user",
    photos: "photos",
    error: "Error",
    no_such_avatar: "There is no such avatar.",

    acts: "Acts",
    yes: "Yes, do it",
    no: "No, go back",
    stale_form: "This form is from another time or place: go back, reload the page and try again.",
    not_now: "The database does not answer: nothing is known to have changed; try again.",
};

pub(super) fn source(word: &str) -> &str {
    match word {
        "webhook-handler" => "webhook",
        "status-checker" => "poll",
        "startup-checker" => "look after a start",
        "training-manager" => "delayed look",
        "completeness-check" => "look for the weights",
        "emergency" => "last look",
        other => other,
    }
}

pub(super) fn dead_reason(word: &str) -> &str {
    match word {
        "blocked" => "the person blocked the bot",
        "refused" => "Telegram refused it",
        "gave_up" => "Telegram was out of reach for too long",
        "unknown_kind" => "a kind that this version does not know",
        "unconfirmed" => "nobody knows whether it arrived, and no message can tell it",
        "superseded" => "the attempt ended otherwise",
        "dismissed" => "dismissed",
        other => other,
    }
}

pub(super) fn act(act: &str) -> (&'static str, &'static str) {
    match act {
        "recheck" => ("Ask FAL now", "Have this training looked at now? It costs nothing."),
        "renotify" => {
            ("Notify again", "Send its owner the last notice once more? They may get it twice.")
        }
        "retry" => ("Train again", "Train this avatar again? FAL is paid once more."),
        "pause" => (
            "Pause",
            "Let nothing new begin that costs money? People are told so; what is under way goes on.",
        ),
        "resume" => ("Resume", "Let people start again?"),
        "cancel" => {
            ("Cancel", "Cancel this training? That is final, and FAL may bill what it has begun.")
        }
        "retry-notices" => (
            "Send all again",
            "Send all of them again, one by one? What was uncertain may arrive twice.",
        ),
        "dismiss-notice" => {
            ("Dismiss", "Do nothing more about this notice? Its person is not told by it.")
        }
        "dismiss-notices" => {
            ("Dismiss all", "Do nothing more about any of them? Their people are not told by them.")
        }
        _ => ("Send again", "Send this notice again? What was uncertain may arrive twice."),
    }
}

pub(super) fn told(word: &str) -> Option<&'static str> {
    Some(match word {
        "looked" => "It is looked at now.",
        "unwatched" => "It is noted; nobody watches it now, so it is looked at when somebody does.",
        "no-look" => "Not done: no look can change anything about it.",
        "lost-submit" => {
            "Not done: the answer to its submit was lost. Find the job in FAL's dashboard and name \
             it: aisha avatars recheck ID --request REQUEST_ID"
        }
        "again" | "notice-again" => "The notice is sent again.",
        "sending" => "Not done: the notice is being sent at this moment.",
        "no-notice" => "Not done: there is no notice about how it stands.",
        "cancelled" => "Cancelled, and its owner is told.",
        "not-running" => "Not done: it does not train.",
        "started" => "It trains again.",
        "running" => "Not done: it trains already.",
        "too-few" => "Not done: it has too few photos.",
        "leaving" => {
            "Not done: FAL is still being told that the last attempt is over; try again soon."
        }
        "paused" => "Not done: nothing is started while the service is paused; resume first.",
        "pause-begun" => "Paused: nothing new begins until you resume.",
        "pause-over" => "Resumed: people can start again.",
        "not-paused" => "Nothing was paused.",
        "refused" => "Not done: only what failed or was cancelled is trained again.",
        "notice-dismissed" => "Nothing more is done about it.",
        "notice-not-dismissed" => "Not done: it is on its way, or arrived.",
        "notice-refused" => "Not done: what is on its way or arrived is not repeated.",
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "a list of texts: one trouble after the other")]
pub(super) fn trouble(what: &What) -> (String, &'static str) {
    match what {
        What::RowsAway { why } => (
            format!("The database cannot be read: {why}"),
            "Start PostgreSQL or mend the network; nothing is lost, everything goes on by itself.",
        ),
        What::TreeSilent => (
            "The supervisor does not answer".to_owned(),
            "Restart the service: recovery makes that harmless.",
        ),
        What::ActorDown { name } => (
            format!("{name} is down or hangs"),
            "It is restarted by itself; if it stays so, read the log and restart the service.",
        ),
        What::Unwatched { count } => (
            format!("Nobody watches trainings: {count}"),
            "Start an instance with the role trainer; its recovery takes them over.",
        ),
        What::Deaf => (
            "Nobody takes what people send".to_owned(),
            "Start an instance with the role bot; Telegram keeps updates for a day.",
        ),
        What::Mute => (
            "Nobody sends notices".to_owned(),
            "Start an instance with the role trainer; notices wait in the outbox.",
        ),
        What::BadToken { why } => (why.clone(), "Set TELEGRAM_BOT_TOKEN anew and restart."),
        What::Conflict { why } => (why.clone(), "Stop the other program that uses this bot."),
        What::TelegramAway { why } => (
            format!("Telegram does not answer: {why}"),
            "Look at the way to api.telegram.org; it is tried until it answers.",
        ),
        What::FalAway { why } => (
            format!("FAL does not answer or refuses us: {why}"),
            "Look at the key, the balance and FAL's status page; no training ends by it.",
        ),
        What::StoreAway { why } => (
            format!("The object store does not answer: {why}"),
            "Look at the store, its bucket and its keys; photos and weights wait.",
        ),
        What::KeysAway => (
            "FAL's keys cannot be had: no webhook is believed".to_owned(),
            "Look at the way to FAL_REST_URL; FAL calls again, and polls go on.",
        ),
        What::BoughtTwice { count } => (
            format!("Jobs at FAL that nobody wanted, in the last day: {count}"),
            "They are cancelled there; open the avatar's history, and look at FAL's bill.",
        ),
        What::SubmitUnknown { count } => (
            format!("Nobody knows whether FAL has them: {count}"),
            "FAL's history is searched. If you find the job in FAL's dashboard: aisha avatars \
             recheck ID --request REQUEST_ID",
        ),
        What::PlatformRefused { why } => (
            format!("FAL's history of requests is closed to our key: {why}"),
            "Give FAL_API_KEY the right to read requests; until then lost submits wait for webhooks.",
        ),
        What::ResultMissing { count } => (
            format!("FAL has finished, the weights are not held: {count}"),
            "Open the avatar and read why; look at *.fal.media and at the store.",
        ),
        What::Overdue { count } => (
            format!("Trainings that take far longer than usual: {count}"),
            "Open the oldest and ask FAL about it; it is given up in time by itself.",
        ),
        What::Parked { count } => (
            format!("Trainings whose actor dies again and again: {count}"),
            "Read their last error below; they are tried again after ten minutes.",
        ),
        What::Killers { count } => (
            format!("Trainings wait because the process died while it worked on them: {count}"),
            "Look at the memory of the service; «Ask FAL now» on the avatar's page tries at once.",
        ),
        What::GivenUp { count } => (
            format!("Messages of the last day were given up after three tries: {count}"),
            "Read the log before «is parked»; their senders were told and can send them again.",
        ),
        What::Dead { count } => (
            format!("Notices were given up: {count}"),
            "Read the reason below; once it is gone send them again, or dismiss them.",
        ),
        What::OutboxLate { count } => (
            format!("Notices wait too long: {count}"),
            "Look at Telegram below, and whether an instance sends.",
        ),
        What::WebhooksLate { count } => (
            format!("Stored webhooks that nobody acts on: {count}"),
            "Look whether an instance with the role trainer runs; the sweep brings them.",
        ),
        What::Paused { why } => (
            match why {
                Some(why) => format!("Paused, nothing new begins: {why}"),
                None => "Paused, nothing new begins".to_owned(),
            },
            "Resume here or by aisha resume; people are told that it is a short break.",
        ),
        What::SpendReached { usd, limit } => (
            format!("The limit of a day is spent: {usd} of {limit}"),
            "People are told when to try again. See who starts so much, or raise SPEND_LIMIT_PER_DAY.",
        ),
        What::SpendNear { usd, limit } => (
            format!("Most of what may be spent in a day is spent: {usd} of {limit}"),
            "Beyond the limit nothing is started. See who starts so much, or raise SPEND_LIMIT_PER_DAY.",
        ),
        What::UpdatesLate { count } => (
            format!("People wait for an answer: {count}"),
            "Look at the BotActor and the database; what they sent is stored.",
        ),
    }
}
