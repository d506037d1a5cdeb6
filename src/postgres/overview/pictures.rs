//! Pictures of the last day.

use tokio_postgres::Row;

/// Pictures of the last day, and people whose words were refused.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "each is the column of its name in overview_pictures.sql")]
pub struct Pictures {
    pub ordered: i64,
    pub made: i64,
    pub withheld: i64,
    pub again: i64,
    pub renewed: i64,
    pub failed: i64,
    pub refused: i64,
    pub banned: i64,
}

impl Pictures {
    pub(super) fn of(row: &Row) -> Self {
        let number = |name| row.get(name);
        Self {
            ordered: number("ordered"),
            made: number("made"),
            withheld: number("withheld"),
            again: number("again"),
            renewed: number("renewed"),
            failed: number("failed"),
            refused: number("refused"),
            banned: number("banned"),
        }
    }

    /// Each number with the word of its label.
    #[must_use]
    pub fn by_word(&self) -> [(&'static str, i64); 8] {
        [
            ("ordered", self.ordered),
            ("made", self.made),
            ("withheld", self.withheld),
            ("again", self.again),
            ("renewed", self.renewed),
            ("failed", self.failed),
            ("refused", self.refused),
            ("banned", self.banned),
        ]
    }
}
