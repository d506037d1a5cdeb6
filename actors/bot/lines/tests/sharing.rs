//! Nobody waits for what others sent.

use super::*;
use std::collections::{BTreeMap, VecDeque};

/// The store behind the lines, read as `updates_unhandled.sql` and `updates_unhandled_of.sql` do.
#[derive(Default)]
struct Shelf {
    unhandled: BTreeMap<i64, VecDeque<Received>>,
}

impl Shelf {
    /// Stores, then hands over.
    fn comes(&mut self, lines: &mut Lines, received: Received) {
        let person = received.incoming.as_ref().unwrap().who.telegram_id;
        self.unhandled.entry(person).or_default().push_back(received.clone());
        lines.enter(received, true);
    }

    fn first(&self, person: i64, most: usize) -> Vec<Received> {
        self.unhandled.get(&person).into_iter().flatten().take(most).cloned().collect()
    }

    /// Reads whatever the lines want to read.
    fn reads(&self, lines: &mut Lines) {
        if lines.scan_from().is_some() {
            let people = self.unhandled.keys();
            let page = people.flat_map(|person| self.first(*person, 4)).collect();
            lines.scanned(page, 4, None);
        }
        let reads = lines.reads();
        let rows = reads.iter().flat_map(|(person, most)| self.first(*person, *most)).collect();
        lines.have_read(&reads, rows);
    }

    fn handled(&mut self, person: i64, updates: &[UpdateId]) {
        let line = self.unhandled.get_mut(&person).unwrap();
        line.retain(|received| !updates.contains(&received.id));
        if line.is_empty() {
            self.unhandled.remove(&person);
        }
    }
}

/// Handles everything in rounds: all turns that may be taken at once end at once. Returns who was
/// handled in each round.
fn rounds(shelf: &mut Shelf, lines: &mut Lines) -> Vec<Vec<(i64, i64)>> {
    let mut rounds = Vec::new();
    let mut idle = 0;
    while !shelf.unhandled.is_empty() {
        shelf.reads(lines);
        let turns: Vec<(Key, i64)> =
            std::iter::from_fn(|| lines.next()).map(|turn| handled(Some(turn))).collect();
        idle = if turns.is_empty() { idle + 1 } else { 0 };
        assert!(idle < 3, "nobody goes on, and {} wait", shelf.unhandled.len());
        for (key, id) in &turns {
            shelf.handled(key.person, &[UpdateId(*id)]);
            lines.done(*key);
        }
        assert!(lines.waiting() <= ROOM, "{} in memory", lines.waiting());
        rounds.push(turns.into_iter().map(|(key, id)| (key.person, id)).collect());
    }
    while lines.scan_from().is_some() || !lines.due.is_empty() {
        shelf.reads(lines);
    }
    rounds
}

/// Everything was handled once, and each person's updates in order.
fn is_in_order(rounds: &[Vec<(i64, i64)>], sent: usize) {
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    let mut count = 0;
    for (person, id) in rounds.iter().flatten() {
        let before = last.insert(*person, *id);
        assert!(before.is_none_or(|before| before < *id), "{person}: {before:?} before {id}");
        count += 1;
    }
    assert_eq!(count, sent);
}

#[test]
fn whatever_others_send_a_press_is_handled_at_once_and_everybody_in_order() {
    for (people, photos) in [(33, 64), (110, 20), (1000, 3), (3000, 1), (4500, 1)] {
        let (mut shelf, mut lines, mut id) = (Shelf::default(), lines(), 0);
        for _ in 0..photos {
            for person in 1..=people {
                id += 1;
                shelf.comes(&mut lines, photo(person, id));
            }
        }
        shelf.comes(&mut lines, press(9_999_999, id + 1));
        let rounds = rounds(&mut shelf, &mut lines);
        let pressed = rounds.iter().position(|round| round.contains(&(9_999_999, id + 1)));
        // Within the first rounds of photos, out of hundreds; people without a line wait longer.
        let limit = if usize::try_from(people).unwrap() < LISTED { 2 } else { rounds.len() / 2 };
        assert!(pressed.unwrap() <= limit, "{people} × {photos}: round {pressed:?}");
        is_in_order(&rounds, usize::try_from(id + 1).unwrap());
        assert!(lines.by_key.is_empty() && lines.media == 0, "nobody is remembered");
    }
}

#[test]
fn after_a_start_everybody_has_a_turn_before_anybody_has_many() {
    let (mut shelf, mut lines, mut id) = (Shelf::default(), Lines::default(), 0);
    for (person, count) in [(1, 3000), (2, LINE), (3, 1)] {
        for _ in 0..count {
            id += 1;
            shelf.unhandled.entry(person).or_default().push_back(photo(person, id));
        }
    }
    let mut handled: Vec<(i64, i64)> = Vec::new();
    while !shelf.unhandled.is_empty() {
        shelf.reads(&mut lines);
        let turns: Vec<(Key, Turn)> = std::iter::from_fn(|| lines.next()).collect();
        assert!(!turns.is_empty(), "{} people wait", shelf.unhandled.len());
        if handled.is_empty() {
            assert_eq!(turns.len(), 3, "everybody");
        }
        for (key, turn) in turns {
            let updates = match turn {
                Turn::Handle(received, _) => vec![received.id],
                Turn::TurnAway(excess) => excess.updates,
            };
            if let [update] = updates.as_slice() {
                handled.push((key.person, update.0));
            }
            shelf.handled(key.person, &updates);
            lines.done(key);
        }
    }
    let of = |person: i64| handled.iter().filter(move |(whose, _)| *whose == person);
    assert_eq!(of(2).map(|(_, id)| *id).collect::<Vec<_>>(), (3001..=3064).collect::<Vec<_>>());
    assert_eq!(of(3).count(), 1);
    let (flood, in_order) = (of(1).count(), of(1).map(|(_, id)| *id).is_sorted());
    assert!(flood < 200 && in_order, "{flood} of the flood are handled, the rest turned away");
}

#[test]
fn photos_have_turns_of_their_own_and_leave_the_others_alone() {
    let mut lines = lines();
    let many = i64::try_from(PHOTO_TURNS).unwrap() + 10;
    for person in 1..=many {
        assert_eq!(enter(&mut lines, photo(person, person)), Entry::Waits);
    }
    assert_eq!(begun(&mut lines).len(), PHOTO_TURNS);
    assert_eq!(enter(&mut lines, press(1000, 1000)), Entry::Waits);
    assert_eq!(enter(&mut lines, press(many, 1001)), Entry::Waits);
    assert_eq!(begun(&mut lines), [1000], "a press waits for nobody's photos but its own");
    lines.done(Key::talk(1));
    assert_eq!(
        begun(&mut lines),
        [i64::try_from(PHOTO_TURNS).unwrap() + 1],
        "the next in the queue"
    );
}

#[test]
fn a_payment_waits_behind_no_album_and_is_no_flood() {
    let mut lines = lines();
    for id in 0..=i64::try_from(LINE + EXCESS).unwrap() {
        enter(&mut lines, photo(1, id));
    }
    assert_eq!(enter(&mut lines, payment(1, 5000)), Entry::Waits);
    assert_eq!(handled(lines.next()).1, 5000);
    assert_eq!(enter(&mut lines, payment(1, 5000)), Entry::Known, "it is being handled");
    let mut lines = Lines::default();
    let read = lines.enter(payment(1, 1), true);
    assert_eq!(read, Entry::Waits, "also while others are still to be read");
}

#[test]
fn a_longer_line_gives_its_last_place_to_a_shorter_one() {
    let mut lines = lines();
    let mut id = 0;
    for person in 1..=40 {
        for _ in 0..LINE {
            id += 1;
            enter(&mut lines, text(person, id));
        }
    }
    assert_eq!(lines.waiting(), ROOM);
    let shortest = lines.by_key.values().map(|line| line.waiting.len()).min().unwrap();
    let longest = lines.by_key.values().map(|line| line.waiting.len()).max().unwrap();
    assert!(longest - shortest <= 1, "{shortest} to {longest}");
    assert_eq!(enter(&mut lines, press(99, id + 1)), Entry::Waits);
    assert_eq!(lines.waiting(), ROOM);
    assert!(begun(&mut lines).contains(&(id + 1)));
}

#[test]
fn a_line_that_could_not_be_read_is_asked_for_again() {
    let mut lines = Lines::default();
    assert_eq!(enter(&mut lines, text(1, 2)), Entry::Stored);
    let reads = lines.reads();
    assert_eq!(reads.len(), 1);
    assert_eq!(lines.reads(), [], "it is being read");
    // Stored since, and perhaps missed by the reading.
    assert_eq!(enter(&mut lines, text(1, 3)), Entry::Stored);
    lines.not_read(&reads);
    let reads = lines.reads();
    assert_eq!(reads.len(), 1);
    assert_eq!(enter(&mut lines, text(1, 4)), Entry::Stored);
    lines.have_read(&reads, vec![text(1, 1), text(1, 2), text(1, 3)]);
    let reads = lines.reads();
    assert_eq!(reads.len(), 1, "4 came meanwhile");
    lines.have_read(&reads, (1..=4).map(|id| text(1, id)).collect());
    assert_eq!(lines.reads(), []);
    assert_eq!(begun(&mut lines), [1]);
}
