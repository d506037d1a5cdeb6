//! Lines and their bounds, and how shared resources are shared.

mod sharing;

use super::*;
use crate::ports::{ChatId, FileRef};
use serde_json::Value;

pub(super) fn received(person: i64, id: i64, input: Input) -> Received {
    let who = Who {
        telegram_id: person,
        chat: ChatId(person),
        username: None,
        first_name: "Anna".to_owned(),
        language_code: None,
    };
    let incoming = Some(Incoming { who, input, in_album: false });
    Received { id: UpdateId(id), body: Value::Null, incoming }
}

pub(super) fn text(person: i64, id: i64) -> Received {
    received(person, id, Input::Text("hello".to_owned()))
}

pub(super) fn photo(person: i64, id: i64) -> Received {
    let file = FileRef { id: "f".to_owned(), unique_id: "u".to_owned(), size: None };
    received(person, id, Input::Photo(file))
}

pub(super) fn press(person: i64, id: i64) -> Received {
    let callback = format!("press-{id}");
    received(person, id, Input::Button { callback, data: String::new(), message: None })
}

pub(super) fn payment(person: i64, id: i64) -> Received {
    received(person, id, Input::Payment)
}

/// Empty lines whose scan has found nobody.
pub(super) fn lines() -> Lines {
    let mut lines = Lines::default();
    lines.scanned(Vec::new(), 4, None);
    lines
}

pub(super) fn enter(lines: &mut Lines, received: Received) -> Entry {
    lines.enter(received, true)
}

pub(super) fn handled(turn: Option<(Key, Turn)>) -> (Key, i64) {
    let Some((key, Turn::Handle(received, _))) = turn else { panic!("not an update: {turn:?}") };
    (key, received.id.0)
}

/// Takes all turns that may be taken: the updates being handled now.
pub(super) fn begun(lines: &mut Lines) -> Vec<i64> {
    std::iter::from_fn(|| lines.next()).map(|turn| handled(Some(turn)).1).collect()
}

fn turned_away(turn: Option<(Key, Turn)>) -> (Key, Excess) {
    let Some((key, Turn::TurnAway(excess))) = turn else { panic!("nothing is turned away") };
    (key, excess)
}

#[test]
fn a_person_has_one_turn_at_a_time_and_others_do_not_wait_for_it() {
    let mut lines = lines();
    for received in [text(1, 1), text(1, 2), text(2, 3)] {
        assert_eq!(enter(&mut lines, received), Entry::Waits);
    }
    let (one, first) = handled(lines.next());
    let (two, third) = handled(lines.next());
    assert_eq!((first, third), (1, 3));
    assert!(lines.next().is_none(), "their turns are not over");
    lines.done(one);
    assert_eq!(handled(lines.next()), (one, 2));
    assert!(lines.busy());
    lines.done(one);
    lines.done(two);
    assert!(lines.next().is_none() && !lines.busy());
    assert_eq!(lines.by_key.len(), 0, "nobody is remembered");
}

#[test]
fn the_same_update_waits_once() {
    let mut lines = lines();
    assert_eq!(enter(&mut lines, text(1, 1)), Entry::Waits);
    assert_eq!(enter(&mut lines, text(1, 1)), Entry::Known);
    assert_eq!(begun(&mut lines), [1]);
    assert_eq!(enter(&mut lines, text(1, 1)), Entry::Known, "it is being handled");
    assert_eq!(lines.waiting(), 0);
}

#[test]
fn a_flood_is_turned_away_in_one_go_and_told_once() {
    let mut lines = lines();
    assert_eq!(enter(&mut lines, text(1, 0)), Entry::Waits);
    let (key, first) = handled(lines.next());
    assert_eq!(first, 0);
    let many = i64::try_from(LINE).unwrap();
    for id in 1..=many + 3 {
        let received = if id > many { press(1, id) } else { text(1, id) };
        assert_eq!(enter(&mut lines, received), Entry::Waits);
    }
    assert_eq!(lines.waiting(), LINE, "what is turned away takes no room of others");
    lines.done(key);
    let (_, excess) = turned_away(lines.next());
    assert_eq!(excess.updates, [many + 1, many + 2, many + 3].map(UpdateId));
    assert_eq!(excess.presses.len(), 3);
    assert!(excess.first);
    assert_eq!(enter(&mut lines, press(1, many + 1)), Entry::Known);
    assert_eq!(enter(&mut lines, press(1, many + 4)), Entry::Waits);
    lines.done(key);
    let (_, excess) = turned_away(lines.next());
    assert!(!excess.first, "told once");
    lines.done(key);
    assert_eq!(handled(lines.next()), (key, 1));
}

#[test]
fn beyond_what_is_turned_away_at_once_it_stays_stored_and_is_read_again() {
    let mut lines = lines();
    let all = i64::try_from(LINE + EXCESS).unwrap();
    for id in 1..=all {
        assert_eq!(enter(&mut lines, text(1, id)), Entry::Waits);
    }
    assert_eq!(enter(&mut lines, text(1, all + 1)), Entry::Stored);
    assert_eq!(lines.reads(), [], "not while the line is long");
    let (key, excess) = turned_away(lines.next());
    assert_eq!(excess.updates.len(), EXCESS);
    lines.done(key);
    let mut told = 0;
    while told < all {
        let reads = lines.reads();
        if let [(1, most)] = reads.as_slice() {
            assert!(*most <= PAGE);
            lines.have_read(&reads, vec![text(1, all + 1)]);
            break;
        }
        let (key, id) = handled(lines.next());
        told = id;
        lines.done(key);
    }
    assert_eq!(told, i64::try_from(LINE / 2).unwrap(), "read when the line is half empty");
    assert_eq!(enter(&mut lines, text(1, all + 2)), Entry::Waits, "nothing is left in the store");
}

#[test]
fn what_is_handled_sees_what_waits_behind() {
    let mut lines = lines();
    assert_eq!(enter(&mut lines, photo(1, 1)), Entry::Waits);
    let Some((key, Turn::Handle(_, behind))) = lines.next() else { panic!("no turn") };
    assert_eq!(*behind.borrow(), Behind::Nothing);
    assert_eq!(enter(&mut lines, photo(1, 2)), Entry::Waits);
    assert_eq!(*behind.borrow(), Behind::Media);
    assert_eq!(enter(&mut lines, text(1, 3)), Entry::Waits);
    lines.done(key);
    let Some((_, Turn::Handle(_, behind))) = lines.next() else { panic!("no turn") };
    assert_eq!(*behind.borrow(), Behind::Other);
    for id in 4..12 {
        assert_eq!(enter(&mut lines, text(1, id)), Entry::Waits);
    }
    assert_eq!(*behind.borrow(), Behind::Crowd);
    lines.forget();
    assert_eq!(*behind.borrow(), Behind::Nothing);
    lines.close();
    assert_eq!(*behind.borrow(), Behind::Other);
}

#[test]
fn what_another_instance_handles_is_forgotten_here_and_read_again_on_coming_back() {
    let mut lines = lines();
    for id in 1..=3 {
        assert_eq!(enter(&mut lines, text(1, id)), Entry::Waits);
    }
    let (key, _) = handled(lines.next());
    lines.forget();
    assert_eq!(lines.waiting(), 0);
    lines.done(key);
    assert!(lines.next().is_none() && !lines.busy());
    assert_eq!(lines.scan_from(), Some(""), "everybody may have something stored");
    assert_eq!(enter(&mut lines, text(1, 4)), Entry::Stored, "2 and 3 go before it");
    assert_eq!(lines.enter(text(2, 5), false), Entry::Waits, "nobody reads without the lease");
}
