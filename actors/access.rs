//! Who may use the bot at all. Statements that make something check it too; nobody is admitted by the
//! dialogue alone.

use std::sync::Arc;

/// How people get in. `ACCESS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// Everybody.
    #[default]
    Open,
    /// By a link of `aisha invites`.
    Invite,
    /// By being named in `ACCESS_USERS`.
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
    /// These people of `ACCESS_USERS` and `OPERATORS`, by their Telegram ids. Operators always get in.
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

    /// Telegram ids of those who are never limited.
    #[must_use]
    pub fn operators(&self) -> &[i64] {
        &self.operators
    }

    /// For statements: Telegram ids that may come in, none for everybody.
    #[must_use]
    pub fn named(&self) -> Option<&[i64]> {
        match self.entry {
            Entry::Open => None,
            Entry::Invite | Entry::List => Some(&self.named),
        }
    }

    /// For statements: invited people may come in, too.
    #[must_use]
    pub fn by_invitation(&self) -> bool {
        self.entry == Entry::Invite
    }

    /// Whether somebody may come in, who was or was not invited.
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
