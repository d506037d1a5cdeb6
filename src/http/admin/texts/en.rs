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
    unknown: "unknown",

    title: "Aisha, from inside",
    back: "Everything",
    find: "Show",
    find_hint: "id of an avatar or a job",
    paused: "not live",
    runbook: "runbook",
    seen_at: "as of",

    all_well: "All is well.",
    wrong: "Problems now",
    since: "since",
    todo: "What to do",

    spent_today: "Spent in 24 hours (estimated)",
    without_limit: "no limit",
    pause_why: "Reason; only operators see it",

    trainings: "Trainings in flight",
    none_in_flight: "No trainings right now.",
    avatar: "Avatar",
    jobs: "Other jobs in flight",
    no_jobs: "No other jobs right now.",
    pictures_today: "Pictures in 24 hours",
    job: "Job",
    overdue: "overdue",
    nothing_new: "nothing new",
    age: "Age",
    typical: "typical",
    not_usual_yet: "too few to compare",
    stage: "Stage",
    news: "Last news",
    next_check: "Next check",
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

    providers: "Providers",
    provider: "Provider",
    state: "State",
    works: "works",
    fails: "fails",
    not_asked: "not asked yet",
    breaker: "breaker open: tried only now and then",
    latency: "Typical latency",
    last_answer: "Last answer",
    slowest: "slowest",
    store: "Object store",
    connections: "connections in use",
    polling: "receiving updates",
    polling_elsewhere: "another instance takes the updates",
    polling_starting: "not asked yet",
    last_webhook: "Last webhook",
    verified: "verified",
    refused: "refused",
    keys_age: "Age of FAL's keys",
    keys_none: "none: no webhook verified yet",

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
    no_such_job: "There is no such job.",
    pictures: "pictures held",

    acts: "Actions",
    yes: "Yes, do it",
    no: "No, go back",
    stale_form: "This form is out of date: go back, reload the page and try again.",
    not_now: "The database does not answer, so it is not known whether anything changed; try again.",
};

pub(super) fn source(word: &str) -> &str {
    match word {
        "webhook-handler" => "webhook",
        "status-checker" => "poll",
        "startup-checker" => "check after a start",
        "training-manager" => "delayed check",
        "completeness-check" => "check for the weights",
        "emergency" => "last check",
        other => other,
    }
}

pub(super) fn dead_reason(word: &str) -> &str {
    match word {
        "blocked" => "the person blocked the bot",
        "refused" => "Telegram refused it",
        "gave_up" => "Telegram was unreachable for too long",
        "unknown_kind" => "this version does not know its kind",
        "unconfirmed" => "it may or may not have arrived, and there is no message to edit",
        "superseded" => "the attempt ended differently",
        "dismissed" => "dismissed",
        other => other,
    }
}

pub(super) fn act(act: &str) -> (&'static str, &'static str) {
    match act {
        "recheck" => ("Ask FAL now", "Check this training now? It costs nothing."),
        "recheck-job" => ("Ask FAL now", "Ask FAL about this job now? It costs nothing."),
        "cancel-job" => {
            ("Cancel", "Cancel this job? This is final, and FAL may bill the work it has done.")
        }
        "renotify" => {
            ("Notify again", "Send its owner the last notice again? They may get it twice.")
        }
        "retry" => ("Train again", "Train this avatar again? It is paid for again."),
        "pause" => (
            "Pause",
            "Start nothing new that costs money? People are told; running work continues.",
        ),
        "resume" => ("Resume", "Let people start again?"),
        "cancel" => (
            "Cancel",
            "Cancel this training? This is final, and FAL may bill the work it has done.",
        ),
        "retry-notices" => (
            "Send all again",
            "Send all of them again, one by one? Uncertain ones may arrive twice.",
        ),
        "dismiss-notice" => {
            ("Dismiss", "Do nothing more about this notice? The person will not get it.")
        }
        "dismiss-notices" => {
            ("Dismiss all", "Do nothing more about any of them? The people will not get them.")
        }
        _ => ("Send again", "Send this notice again? If it was uncertain, it may arrive twice."),
    }
}

pub(super) fn told(word: &str) -> Option<&'static str> {
    Some(match word {
        "looked" => "It is being checked now.",
        "unwatched" => "Noted. No instance watches it now; the next one that does will check it.",
        "no-look" => "Not done: a check cannot change anything about it.",
        "lost-submit" => {
            "Not done: the answer to its submit was lost. Find the job in FAL's dashboard and name \
             it: aisha avatars recheck ID --request REQUEST_ID"
        }
        "again" | "notice-again" => "The notice is sent again.",
        "sending" => "Not done: the notice is being sent right now.",
        "no-notice" => "Not done: there is no notice about its current state.",
        "cancelled" => "Cancelled, and its owner is told.",
        "job-cancelled" => "Cancelled. Its status message tells its owner.",
        "job-not-running" => "Not done: it is not running.",
        "not-running" => "Not done: it is not training.",
        "started" => "It is training again.",
        "running" => "Not done: it is already training.",
        "too-few" => "Not done: it has too few photos.",
        "leaving" => {
            "Not done: FAL is still being told that the last attempt has ended; try again soon."
        }
        "paused" => "Not done: nothing is started while the service is paused; resume first.",
        "pause-begun" => "Paused: nothing new begins until you resume.",
        "pause-over" => "Resumed: people can start again.",
        "not-paused" => "Nothing was paused.",
        "refused" => "Not done: only a failed or cancelled avatar can be trained again.",
        "notice-dismissed" => "Nothing more is done about it.",
        "notice-not-dismissed" => "Not done: it is being sent, or has arrived.",
        "notice-refused" => "Not done: a notice that is being sent or has arrived is not repeated.",
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "a list of texts: one trouble after the other")]
pub(super) fn trouble(what: &What) -> (String, &'static str) {
    match what {
        What::RowsAway { why } => (
            format!("The database cannot be read: {why}"),
            "Start PostgreSQL or fix the network. Nothing is lost; everything continues by itself.",
        ),
        What::TreeSilent => (
            "The supervisor does not answer".to_owned(),
            "Restart the service: recovery makes that harmless.",
        ),
        What::ActorDown { name } => (
            format!("{name} is down or hangs"),
            "It restarts by itself. If it does not recover, read the log and restart the service.",
        ),
        What::Unwatched { count } => (
            format!("Paid jobs that no instance watches: {count}"),
            "Start an instance with the role trainer. Its recovery takes them over.",
        ),
        What::Deaf => (
            "No instance takes what people send".to_owned(),
            "Start an instance with the role bot. Telegram keeps updates for a day.",
        ),
        What::Mute => (
            "No instance sends notices".to_owned(),
            "Start an instance with the role trainer. Notices wait in the outbox.",
        ),
        What::BadToken { why } => (why.clone(), "Set a new TELEGRAM_BOT_TOKEN and restart."),
        What::Conflict { why } => (why.clone(), "Stop the other program that uses this bot."),
        What::TelegramAway { why } => (
            format!("Telegram does not answer: {why}"),
            "Check the connection to api.telegram.org. Aisha keeps trying.",
        ),
        What::FalAway { why } => (
            format!("FAL does not answer or refuses us: {why}"),
            "Check the key, the balance and FAL's status page. No paid job ends because of this.",
        ),
        What::StoreAway { why } => (
            format!("The object store does not answer: {why}"),
            "Check the store, its bucket and its keys. Photos, weights and pictures wait.",
        ),
        What::KeysAway => (
            "FAL's keys cannot be fetched: no webhook can be verified".to_owned(),
            "Check the connection to FAL_REST_URL. FAL calls again, and polls continue.",
        ),
        What::BoughtTwice { count } => (
            format!("Jobs at FAL that no attempt wanted, in the last day: {count}"),
            "They are being cancelled there. Open the job's history, and check FAL's bill.",
        ),
        What::SubmitUnknown { count } => (
            format!("Submits that FAL may or may not have: {count}"),
            "FAL's history is being searched. If you find a training in FAL's dashboard: \
             aisha avatars recheck ID --request REQUEST_ID",
        ),
        What::PlatformRefused { why } => (
            format!("Our key may not read FAL's request history: {why}"),
            "Give FAL_API_KEY the right to read requests. Until then lost submits wait for webhooks.",
        ),
        What::ResultMissing { count } => (
            format!("FAL has finished, but we do not hold the files: {count}"),
            "Open the job and read why. Check *.fal.media and the store.",
        ),
        What::Overdue { count } => (
            format!("Paid jobs that take far longer than is typical: {count}"),
            "Open the oldest and ask FAL about it. Aisha gives it up at its time-out.",
        ),
        What::Parked { count } => (
            format!("Paid jobs whose actor keeps dying: {count}"),
            "Read their last error below. They are tried again after ten minutes.",
        ),
        What::Killers { count } => (
            format!(
                "Paid jobs that wait because the process died while it worked on them: {count}"
            ),
            "Check the service's memory. «Ask FAL now» on the avatar's page tries at once.",
        ),
        What::GivenUp { count } => (
            format!("Messages given up after three tries, in the last day: {count}"),
            "Read the log before «is parked». The senders were told and can send them again.",
        ),
        What::Dead { count } => (
            format!("Notices were given up: {count}"),
            "Read the reason below. Once it is fixed, send them again, or dismiss them.",
        ),
        What::OutboxLate { count } => (
            format!("Notices that have waited too long: {count}"),
            "Check Telegram below, and whether an instance sends notices.",
        ),
        What::WebhooksLate { count } => (
            format!("Stored webhooks that no instance acts on: {count}"),
            "Check that an instance with the role trainer is running. Its sweep picks them up.",
        ),
        What::Paused { why } => (
            match why {
                Some(why) => format!("Paused, nothing new begins: {why}"),
                None => "Paused, nothing new begins".to_owned(),
            },
            "Resume here or with aisha resume. People are told that there is a short break.",
        ),
        What::SpendReached { usd, limit } => (
            format!("The day's spending limit is reached: {usd} of {limit}"),
            "People are told when to try again. See who starts so much, or raise SPEND_LIMIT_PER_DAY.",
        ),
        What::SpendNear { usd, limit } => (
            format!("Most of the day's spending limit is used up: {usd} of {limit}"),
            "Beyond the limit nothing is started. See who starts so much, or raise SPEND_LIMIT_PER_DAY.",
        ),
        What::UpdatesLate { count } => (
            format!("People waiting for an answer: {count}"),
            "Check the BotActor and the database. What they sent is stored.",
        ),
    }
}

pub(super) fn pictures_word(word: &str) -> &str {
    match word {
        "withheld" => "withheld by the safety check",
        "again" => "made again: no face",
        "renewed" => "orders repeated: FAL had lost the model",
        "failed" => "orders failed",
        "refused" => "people refused for their words",
        "banned" => "waiting for an operator",
        other => other,
    }
}
