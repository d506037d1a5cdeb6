//! The statements, by name.

/// One statement of `sql/queries`.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// The file's name without `.sql`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! queries {
    ($($constant:ident = $name:literal),+ $(,)?) => {
        $(pub(super) const $constant: Query = Query {
            name: $name,
            text: include_str!(concat!("../../sql/queries/", $name, ".sql")),
        };)+
        /// Every statement; a test prepares each against the migrated schema.
        pub const ALL: &[Query] = &[$($constant),+];
    };
}

queries! {
    AVATAR_EVENTS = "avatar_events",
    AVATAR_NAME = "avatar_name",
    AVATAR_NOTICES = "avatar_notices",
    AVATAR_OF_USER = "avatar_of_user",
    AVATAR_WEBHOOKS = "avatar_webhooks",
    AVATAR_WHOLE = "avatar_whole",
    AVATARS_LIST = "avatars_list",
    AVATARS_OF_USER = "avatars_of_user",
    CHANGE_ACCEPTED = "change_accepted",
    CHANGE_AUDITED = "change_audited",
    CHANGE_FINISHED = "change_finished",
    CHANGE_LOOKED = "change_looked",
    CHANGE_NOTED = "change_noted",
    CHANGE_NOTHING_NEW = "change_nothing_new",
    CHANGE_RESULT_MISSING = "change_result_missing",
    CHANGE_SUBMIT_INTENDED = "change_submit_intended",
    CHANGE_SUBMIT_NOT_ACCEPTED = "change_submit_not_accepted",
    CHANGE_WEIGHTS_LOST = "change_weights_lost",
    CHANGE_WITHDRAWN = "change_withdrawn",
    DIALOGUE_LOAD = "dialogue_load",
    DRAFT_LOCK = "draft_lock",
    DRAFT_OPEN = "draft_open",
    IMPORT_AVATARS = "import_avatars",
    IMPORT_BEGIN = "import_begin",
    IMPORT_MAINS = "import_mains",
    IMPORT_PEOPLE = "import_people",
    IMPORT_REACHED = "import_reached",
    INBOX_RECORD = "inbox_record",
    INSTANCE_JOIN = "instance_join",
    INSTANCE_LEAVE = "instance_leave",
    LEASES_CLAIM = "leases_claim",
    LEASES_RELEASE = "leases_release",
    LEASES_RENEW = "leases_renew",
    NUDGE = "nudge",
    OUTBOX_CLAIM = "outbox_claim",
    OUTBOX_DEAD = "outbox_dead",
    OUTBOX_GIVE_UP_CLAIMS = "outbox_give_up_claims",
    OUTBOX_PUT_BACK = "outbox_put_back",
    OUTBOX_REPAIRED = "outbox_repaired",
    OUTBOX_RETRY = "outbox_retry",
    OUTBOX_SENT = "outbox_sent",
    OUTBOX_UNCERTAIN = "outbox_uncertain",
    PHOTO_ADD = "photo_add",
    PHOTO_REMOVE = "photo_remove",
    PHOTOS_OF_USER = "photos_of_user",
    PROPOSAL_LOST = "proposal_lost",
    REPORT_INSTANCES = "report_instances",
    REPORT_LEASES = "report_leases",
    REPORT_SERVER = "report_server",
    REPORT_STATUSES = "report_statuses",
    REPORT_WAITING = "report_waiting",
    REPORTS_UNPROCESSED = "reports_unprocessed",
    SCHEMA_COLUMNS = "schema_columns",
    SCHEMA_CONSTRAINTS = "schema_constraints",
    SCHEMA_INDEXES = "schema_indexes",
    SCHEMA_OTHERS = "schema_others",
    SCHEMA_TABLES = "schema_tables",
    SCHEMA_TYPES = "schema_types",
    SETTLE = "settle",
    TABLES_SIZES = "tables_sizes",
    TRAINING_CANCEL = "training_cancel",
    TRAINING_FIND = "training_find",
    TRAINING_HELD = "training_held",
    TRAINING_ORDER = "training_order",
    TRAINING_PHOTOS = "training_photos",
    TRAINING_START = "training_start",
    TRAININGS_IN_FLIGHT = "trainings_in_flight",
    UPDATE_ATTEMPT = "update_attempt",
    UPDATE_HANDLED = "update_handled",
    UPDATES_STORE = "updates_store",
    UPDATES_UNHANDLED = "updates_unhandled",
    USER_GREET = "user_greet",
    USER_SPEAK = "user_speak",
    WEBHOOK_REPLAY = "webhook_replay",
    WEBHOOKS_LIST = "webhooks_list",
}
