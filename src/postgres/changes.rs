//! How a change of any job is written into its history.

use actors::avatar::Source;
use actors::ports::Change;
use serde_json::{Value, json};

/// Who learnt it.
pub(super) fn source(change: &Change) -> Source {
    match change {
        Change::Accepted { by, .. }
        | Change::Looked { by, .. }
        | Change::Unreachable { by, .. }
        | Change::Finished { by, .. }
        | Change::ResultMissing { by, .. } => *by,
        Change::NothingNew { .. } | Change::AnotherJob { .. } => Source::Webhook,
        Change::Audited | Change::WeightsLost | Change::WeightsRestored => Source::Completeness,
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::Found { .. }
        | Change::SubmitNotAccepted { .. }
        | Change::SubmitLost { .. }
        | Change::Withdrawn { .. } => Source::Poll,
    }
}

/// What an operator reads in the history. Addresses of files stay out: they are links to people's
/// faces.
pub(super) fn detail(change: &Change) -> Value {
    match change {
        Change::SubmitIntended { .. }
        | Change::SubmitDoubted
        | Change::NothingNew { .. }
        | Change::AnotherJob { .. }
        | Change::Audited
        | Change::WeightsLost
        | Change::WeightsRestored => json!({}),
        Change::SubmitNotAccepted { why }
        | Change::SubmitLost { why }
        | Change::Unreachable { why, .. } => json!({ "why": why }),
        Change::Accepted { request, .. } => json!({ "request": &*request.0 }),
        Change::Found { request, .. } => json!({ "request": &*request.0, "found": true }),
        Change::Looked { progress, .. } => json!({
            "state": progress.word,
            "queue_position": progress.queue_position,
            "percent": progress.percent,
        }),
        Change::Finished { files, .. } => json!({ "weights_named": files.is_some() }),
        Change::ResultMissing { reason, detail, .. } => {
            json!({ "reason": reason.word(), "detail": detail })
        }
        Change::Withdrawn { answer } => json!({ "answer": answer }),
    }
}
