//! Lines and their bounds.

use super::*;
use crate::ports::{ChatId, FileRef};
use serde_json::Value;

fn received(chat: i64, id: i64, input: Input) -> Received {
    let who = Who {
        telegram_id: chat,
        chat: ChatId(chat),
        username: None,
        first_name: "Anna".to_owned(),
        language_code: None,
    };
    let incoming = Some(Incoming { who, input, in_album: false });
    Received { id: UpdateId(id), body: Value::Null, incoming }
}

fn text(chat: i64, id: i64) -> Received {
    received(chat, id, Input::Text("hello".to_owned()))
}

fn photo(chat: i64, id: i64) -> Received {
    let file = FileRef { id: "f".to_owned(), unique_id: "u".to_owned(), size: None };
    received(chat, id, Input::Photo(file))
}

fn press(chat: i64, id: i64) -> Received {
    let callback = format!("press-{id}");
    received(chat, id, Input::Button { callback, data: String::new(), message: None })
}

fn handled(turn: Option<Turn>) -> i64 {
    let Some(Turn::Handle(received, _)) = turn else { panic!("not an update: {turn:?}") };
    received.id.0
}

#[test]
fn a_chat_has_one_turn_at_a_time_and_others_do_not_wait_for_it() {
    let mut lines = Lines::default();
    for received in [text(1, 1), text(1, 2), text(2, 3)] {
        assert_eq!(lines.enter(received), Entry::Waits);
    }
    assert_eq!(handled(lines.next(1)), 1);
    assert!(lines.next(1).is_none(), "its turn is not over");
    assert_eq!(handled(lines.next(2)), 3);
    lines.done(1);
    assert_eq!(handled(lines.next(1)), 2);
    assert!(lines.busy());
    lines.done(1);
    lines.done(2);
    assert!(lines.next(1).is_none() && lines.next(2).is_none() && !lines.busy());
}

#[test]
fn the_same_update_waits_once() {
    let mut lines = Lines::default();
    assert_eq!(lines.enter(text(1, 1)), Entry::Waits);
    assert_eq!(lines.enter(text(1, 1)), Entry::Known);
    assert_eq!(handled(lines.next(1)), 1);
    assert_eq!(lines.enter(text(1, 1)), Entry::Known, "it is being handled");
    assert_eq!(lines.waiting(), 0);
}

#[test]
fn a_flood_is_turned_away_in_one_go_and_told_once() {
    let mut lines = Lines::default();
    assert_eq!(lines.enter(text(1, 0)), Entry::Waits);
    assert_eq!(handled(lines.next(1)), 0);
    let many = i64::try_from(LINE).unwrap();
    for id in 1..=many + 3 {
        assert_eq!(lines.enter(if id > many { press(1, id) } else { text(1, id) }), Entry::Waits);
    }
    assert_eq!(lines.waiting(), LINE, "what is turned away takes no room of others");
    lines.done(1);
    let Some(Turn::TurnAway(excess)) = lines.next(1) else { panic!("nothing is turned away") };
    assert_eq!(excess.updates, [many + 1, many + 2, many + 3].map(UpdateId));
    assert_eq!(excess.presses.len(), 3);
    assert!(excess.first);
    assert_eq!(lines.enter(press(1, many + 1)), Entry::Known);
    assert_eq!(lines.enter(press(1, many + 4)), Entry::Waits);
    lines.done(1);
    let Some(Turn::TurnAway(excess)) = lines.next(1) else { panic!("nothing is turned away") };
    assert!(!excess.first, "told once");
    lines.done(1);
    assert_eq!(handled(lines.next(1)), 1);
}

#[test]
fn no_flood_takes_the_room_of_all() {
    let mut lines = Lines::default();
    let chats = i64::try_from(ROOM / LINE).unwrap();
    let mut id = 0;
    for chat in 1..=chats + 1 {
        for _ in 0..LINE {
            id += 1;
            let room = lines.waiting() < ROOM;
            assert_eq!(
                lines.enter(text(chat, id)),
                if room { Entry::Waits } else { Entry::NoRoom }
            );
        }
    }
    assert_eq!(lines.enter(text(99, id + 1)), Entry::NoRoom);
}

#[test]
fn whoever_is_handled_sees_what_waits_behind() {
    let mut lines = Lines::default();
    assert_eq!(lines.enter(photo(1, 1)), Entry::Waits);
    let Some(Turn::Handle(_, behind)) = lines.next(1) else { panic!("no turn") };
    assert_eq!(*behind.borrow(), Behind::Nothing);
    assert_eq!(lines.enter(photo(1, 2)), Entry::Waits);
    assert_eq!(*behind.borrow(), Behind::Media);
    assert_eq!(lines.enter(text(1, 3)), Entry::Waits);
    lines.done(1);
    let Some(Turn::Handle(_, behind)) = lines.next(1) else { panic!("no turn") };
    assert_eq!(*behind.borrow(), Behind::Other);
    for id in 4..12 {
        assert_eq!(lines.enter(text(1, id)), Entry::Waits);
    }
    assert_eq!(*behind.borrow(), Behind::Crowd);
    lines.forget();
    assert_eq!(*behind.borrow(), Behind::Nothing);
    lines.close();
    assert_eq!(*behind.borrow(), Behind::Other);
}
