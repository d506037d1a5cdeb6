//! Who may use the bot at all. Statements that create something check this too; the dialogue alone
//! admits nobody.

use std::sync::Arc;

/// How people get in. `ACCESS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// Everybody.
    #[default]
    Open,
    /// With a link from `aisha invites`.
    Invite,
    /// If listed in `ACCESS_USERS`.
    List,
}

/// Who may use the bot, and who runs it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Access {
    entry: Entry,
    operators: Arc<[i64]>,
    named: Arc<[i64]>,
}

impl Default for Access {
    fn default() -> Self {
        Self::new(Entry::Open, &[], &[])
    }
}

impl Access {
    /// Access for these people of `ACCESS_USERS` and `OPERATORS`, by Telegram id. Operators are
    /// always let in.
    #[must_use]
    pub fn new(entry: Entry, users: &[i64], operators: &[i64]) -> Self {
        let named = match entry {
            Entry::List => [users, operators].concat().into(),
            Entry::Open | Entry::Invite => Arc::from(operators),
        };
        Self { entry, operators: Arc::from(operators), named }
    }

    /// How people get in.
    #[must_use]
    pub fn entry(&self) -> Entry {
        self.entry
    }

    /// Telegram ids of people without limits.
    #[must_use]
    pub fn operators(&self) -> &[i64] {
        &self.operators
    }

    /// For statements: the Telegram ids that are let in, `None` for everybody.
    #[must_use]
    pub fn named(&self) -> Option<&[i64]> {
        match self.entry {
            Entry::Open => None,
            Entry::Invite | Entry::List => Some(&self.named),
        }
    }

    /// For statements: whether invited people are let in too.
    #[must_use]
    pub fn by_invitation(&self) -> bool {
        self.entry == Entry::Invite
    }

    /// Whether a person is let in, given whether they were invited.
    #[must_use]
    pub fn admits(&self, telegram_id: i64, invited: bool) -> bool {
        self.named().is_none_or(|named| named.contains(&telegram_id))
            || (invited && self.by_invitation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_admits_its_people_and_operators() {
        for (entry, stranger, invited, listed) in [
            (Entry::Open, true, true, true),
            (Entry::Invite, false, true, false),
            (Entry::List, false, false, true),
        ] {
            let access = Access::new(entry, &[7], &[1]);
            let admitted =
                [access.admits(5, false), access.admits(5, true), access.admits(7, false)];
            assert_eq!(admitted, [stranger, invited, listed], "{entry:?}");
            assert!(access.admits(1, false), "{entry:?}");
        }
    }
}
