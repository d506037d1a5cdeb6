//! A connection on loan, and whether it goes back.

use crate::postgres::errors;
use actors::ports::StoreError;
use deadpool_postgres::{Client, Object};
use std::ops::Deref;
use tokio::time::error::Elapsed;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// A connection on loan for one statement.
///
/// It goes back only after an answer. A caller that gives up, or is dropped, closes it; otherwise
/// the next borrower would wait for the missing answer too.
pub(super) struct Loan(Option<Client>);

impl Loan {
    pub(super) fn of(client: Client) -> Self {
        Self(Some(client))
    }

    /// Returns the connection to the pool, if it is still usable.
    pub(super) fn end<T>(
        mut self,
        answer: Result<Result<T, Error>, Elapsed>,
    ) -> Result<T, StoreError> {
        let answer = answer.map_err(|_| StoreError::Unavailable("it does not answer".into()))?;
        // A primary that became a standby no longer takes writes; another host does.
        let demoted = |error: &Error| error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION);
        if !answer.as_ref().is_err_and(demoted) {
            drop(self.0.take());
        }
        answer.map_err(errors::sort)
    }
}

impl Deref for Loan {
    type Target = Client;

    #[expect(clippy::expect_used, reason = "only `end` takes it, and `end` consumes the loan")]
    fn deref(&self) -> &Client {
        self.0.as_ref().expect("a connection on loan")
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}
