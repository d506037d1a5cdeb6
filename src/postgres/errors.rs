//! Database errors, sorted by what the caller must do.

use actors::ports::StoreError;
use tokio_postgres::error::SqlState;

/// Sorts an error: one that may pass by itself is «unavailable» and gets retried, any other is
/// «refused».
///
/// A conflict (deadlock, serialization, two trainings that finish at once and both want to be the
/// main avatar) is gone at the next attempt; all our statements are safe to repeat.
pub(super) fn sort(error: tokio_postgres::Error) -> StoreError {
    let passing = match error.code() {
        None => true, // the connection, not the statement
        Some(state) => {
            [
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::QUERY_CANCELED,
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::READ_ONLY_SQL_TRANSACTION, // a primary that became a standby
                SqlState::DISK_FULL,
                SqlState::OUT_OF_MEMORY,
            ]
            .contains(state)
                || state.code().starts_with("08")
                || (*state == SqlState::UNIQUE_VIOLATION && constraint(&error) == "ix_avatars_main")
        }
    };
    // A value that cannot be sent at all is a defect, not an outage.
    let ours = error.code().is_none() && error.to_string().contains("serializing parameter");
    if passing && !ours {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Refused(error.into())
    }
}

fn constraint(error: &tokio_postgres::Error) -> &str {
    error.as_db_error().and_then(|error| error.constraint()).unwrap_or_default()
}
