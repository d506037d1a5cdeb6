//! The limiter in simulated time, and against a strict messenger in virtual time.

use super::traffic::{Landed, Traffic};
use super::{Lane, Lanes, PERMITS};
use crate::clock::Clock;
use crate::language::Language;
use crate::ports::{
    Attachment, ChatAction, ChatId, Content, FileRef, InlinePicture, Message, MessageId, Messenger,
    SendError, SentFile, ShownAs,
};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn chat(n: usize) -> ChatId {
    ChatId(i64::try_from(n).unwrap())
}

/// Lets a call of a lane go now, or reports that it waits.
fn departs(traffic: &mut Traffic, lane: Lane, to: usize, now: Duration) -> Option<u64> {
    let call = traffic.enter(lane, chat(to), 1);
    let pumped = traffic.pump(now);
    if pumped.departed.contains(&call) {
        return Some(call);
    }
    traffic.leave(call, now);
    None
}

#[test]
fn an_answer_overtakes_notices_and_an_edit_overtakes_nobody() {
    let mut traffic = Traffic::new(1);
    let first = departs(&mut traffic, Lane::Notices, 1, ms(0)).unwrap();
    let notice = traffic.enter(Lane::Notices, chat(2), 1);
    let answer = traffic.enter(Lane::Answers, chat(3), 1);
    traffic.land(first, Landed::Done, ms(10));
    assert!(traffic.pump(ms(1009)).departed.is_empty());
    assert_eq!(traffic.pump(ms(1010)).departed, [answer]);
    traffic.land(answer, Landed::Done, ms(1020));
    assert_eq!(traffic.edit(chat(4), ms(5000)), None, "a notice waits");
    assert_eq!(traffic.pump(ms(5000)).departed, [notice]);
    traffic.land(notice, Landed::Done, ms(5010));
    assert_eq!(traffic.edit(chat(4), ms(5020)), None, "its second is full");
    assert!(traffic.edit(chat(4), ms(6010)).is_some());
}

#[test]
fn a_chat_gets_one_notice_a_second_and_a_short_burst_of_answers() {
    let mut traffic = Traffic::new(PERMITS);
    let call = departs(&mut traffic, Lane::Notices, 1, ms(0)).unwrap();
    assert_eq!(departs(&mut traffic, Lane::Notices, 1, ms(2000)), None, "one is on the wire");
    traffic.land(call, Landed::Done, ms(2000));
    assert_eq!(departs(&mut traffic, Lane::Notices, 1, ms(2999)), None);
    assert!(departs(&mut traffic, Lane::Notices, 2, ms(2999)).is_some(), "others do not wait");
    assert!(departs(&mut traffic, Lane::Notices, 1, ms(3000)).is_some());
    let burst = (0..30).filter(|_| departs(&mut traffic, Lane::Answers, 3, ms(3000)).is_some());
    assert_eq!(burst.count(), 20);
    assert!(departs(&mut traffic, Lane::Answers, 3, ms(4000)).is_some());
}

/// How many of a crowd of `people` are answered at `now`, each in their own chat.
fn answered(traffic: &mut Traffic, people: std::ops::Range<usize>, now: Duration) -> usize {
    people
        .filter(|n| {
            let call = departs(traffic, Lane::Answers, *n, now);
            call.inspect(|call| traffic.land(*call, Landed::Done, now)).is_some()
        })
        .count()
}

#[test]
fn a_crowd_of_people_is_answered_at_once_and_a_lasting_one_by_the_seats() {
    let mut traffic = Traffic::new(PERMITS);
    assert_eq!(answered(&mut traffic, 0..1500, ms(0)), 1000);
    assert_eq!(departs(&mut traffic, Lane::Notices, 9000, ms(500)), None, "notices wait meanwhile");
    let lasting: usize =
        (1..=10_u64).map(|n| answered(&mut traffic, 1500..1600, ms(n * 1000))).sum();
    // A thirtieth of a second is a little less than that.
    assert!((300..=301).contains(&lasting), "{lasting}: what is paid back");
    assert_eq!(answered(&mut traffic, 1500..3000, ms(60_000)), 1000, "after a pause");
}

#[test]
fn beside_notices_and_after_a_refusal_a_crowd_of_people_takes_seats_like_everybody() {
    let mut traffic = Traffic::new(PERMITS);
    let notice = departs(&mut traffic, Lane::Notices, 5000, ms(0)).unwrap();
    traffic.land(notice, Landed::Done, ms(0));
    assert_eq!(answered(&mut traffic, 0..100, ms(500)), PERMITS - 1);
    assert_eq!(answered(&mut traffic, 100..200, ms(2000)), 100, "no notice any more");
    let call = departs(&mut traffic, Lane::Answers, 300, ms(4000)).unwrap();
    traffic.land(call, Landed::Refused(ms(1000)), ms(4000));
    assert_eq!(answered(&mut traffic, 301..400, ms(5000)), PERMITS);
    assert_eq!(answered(&mut traffic, 401..500, ms(65_000)), 99, "a minute later");
}

#[test]
fn a_call_that_waits_for_its_own_chat_takes_no_room_from_others() {
    let mut traffic = Traffic::new(PERMITS);
    let call = departs(&mut traffic, Lane::Notices, 1, ms(0)).unwrap();
    traffic.land(call, Landed::Done, ms(0));
    let free = traffic.vacancies(ms(10)).permits;
    traffic.enter(Lane::Notices, chat(1), 1);
    assert_eq!((free, traffic.vacancies(ms(10)).permits), (9, 9), "its second is not over");
    traffic.enter(Lane::Notices, chat(2), 1);
    assert_eq!(traffic.vacancies(ms(10)).permits, 8, "this one could go");
    for n in 3..12 {
        traffic.enter(Lane::Answers, chat(n), 1);
    }
    let vacancies = traffic.vacancies(ms(10));
    assert_eq!(vacancies.permits, 0);
    assert!(vacancies.look.is_some_and(|look| look <= ms(40)), "soon again, whoever lands or not");
}

#[test]
fn a_refused_chat_is_silent_alone_until_three_are_refused_in_a_row() {
    let mut traffic = Traffic::new(PERMITS);
    let refuse = |traffic: &mut Traffic, n| {
        let call = departs(traffic, Lane::Answers, n, ms(0)).unwrap();
        traffic.land(call, Landed::Refused(ms(7000)), ms(0));
    };
    refuse(&mut traffic, 1);
    refuse(&mut traffic, 2);
    assert_eq!(departs(&mut traffic, Lane::Answers, 1, ms(6999)), None);
    let done = departs(&mut traffic, Lane::Answers, 9, ms(0)).unwrap();
    traffic.land(done, Landed::Done, ms(0));
    refuse(&mut traffic, 3);
    refuse(&mut traffic, 4);
    assert!(departs(&mut traffic, Lane::Answers, 8, ms(0)).is_some(), "one went well in between");
    refuse(&mut traffic, 5);
    assert_eq!(departs(&mut traffic, Lane::Answers, 7, ms(6999)), None, "the bot as a whole");
    let probe = departs(&mut traffic, Lane::Answers, 7, ms(7000)).unwrap();
    assert_eq!(departs(&mut traffic, Lane::Answers, 6, ms(7000)), None, "one goes ahead");
    traffic.land(probe, Landed::Done, ms(7001));
    assert!(departs(&mut traffic, Lane::Answers, 6, ms(7001)).is_some());
}

#[test]
fn chats_that_are_quiet_again_are_forgotten() {
    let mut traffic = Traffic::new(PERMITS);
    for n in 0..10_000 {
        let now = ms(n * 50);
        let call = departs(&mut traffic, Lane::Notices, usize::try_from(n).unwrap(), now).unwrap();
        traffic.land(call, Landed::Done, now);
    }
    assert!(traffic.known_chats() <= 128, "{}", traffic.known_chats());
}

/// Refuses whatever comes too soon, as the real one does.
struct Strict {
    clock: Clock,
    arrived: Mutex<Vec<(Duration, ChatId)>>,
    refused: Mutex<u32>,
}

impl Strict {
    fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, arrived: Mutex::default(), refused: Mutex::default() })
    }
}

#[async_trait]
impl Messenger for Strict {
    async fn send(&self, chat: ChatId, _: &Message) -> Result<MessageId, SendError> {
        // The network delay differs for each chat.
        let road = ms(1 + u64::try_from(chat.0 * 37 % 90).unwrap());
        tokio::time::sleep(road).await;
        {
            let now = self.clock.uptime();
            let mut arrived = self.arrived.lock().unwrap();
            let recent = arrived.iter().filter(|(at, _)| now < *at + Duration::from_secs(1));
            let theirs = recent.clone().any(|(_, other)| *other == chat);
            if theirs || recent.count() >= PERMITS {
                *self.refused.lock().unwrap() += 1;
                return Err(SendError::RetryAfter(Duration::from_secs(1)));
            }
            arrived.push((now, chat));
        }
        tokio::time::sleep(road).await;
        Ok(MessageId(1))
    }

    async fn edit(&self, chat: ChatId, _: MessageId, message: &Message) -> Result<(), SendError> {
        self.send(chat, message).await.map(|_| ())
    }

    async fn send_files(
        &self,
        chat: ChatId,
        files: &[Attachment],
        message: &Message,
    ) -> Result<Vec<SentFile>, SendError> {
        let first = self.send(chat, message).await?;
        let mut arrived = self.arrived.lock().unwrap();
        // Each item of an album counts.
        let now = self.clock.uptime();
        arrived.extend(std::iter::repeat_n((now, ChatId(0)), files.len() - 1));
        let seen = arrived.iter().filter(|(at, _)| now < *at + Duration::from_secs(1)).count();
        assert!(seen <= PERMITS, "{seen} messages in a second");
        Ok(vec![SentFile { message: first, file: None }])
    }

    async fn edit_file(
        &self,
        _: ChatId,
        _: MessageId,
        _: &Attachment,
        _: &Message,
    ) -> Result<SentFile, SendError> {
        Err(SendError::Refused("nobody edits files here".to_owned()))
    }

    async fn edit_buttons(&self, _: ChatId, _: MessageId, _: &Message) -> Result<(), SendError> {
        Err(SendError::Refused("nobody edits buttons here".to_owned()))
    }

    async fn show_action(&self, _: ChatId, _: ChatAction) -> Result<(), SendError> {
        Ok(())
    }

    async fn delete(&self, _: ChatId, _: MessageId) -> Result<(), SendError> {
        Ok(())
    }

    async fn answer_inline(&self, _: &str, _: Option<&InlinePicture>) -> Result<(), SendError> {
        Ok(())
    }

    async fn list_commands(&self, _: ChatId, _: Language) -> Result<(), SendError> {
        Ok(())
    }

    async fn answer(&self, _: &str, _: Option<&str>) -> Result<(), SendError> {
        Ok(())
    }

    async fn download(&self, _: &FileRef, _: u64) -> Result<Bytes, SendError> {
        Ok(Bytes::new())
    }
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_through_at_the_limit_without_a_single_refusal_and_nobody_starves() {
    let clock = Clock::start(DateTime::UNIX_EPOCH);
    let strict = Strict::new(clock);
    let lanes = Lanes::new(clock);
    let post = lanes.lane(Lane::Notices, Arc::<Strict>::clone(&strict));
    let sends = (0..300).map(|n| {
        let post = Arc::clone(&post);
        // One chat with very many, among others with one each.
        let to = if n % 30 == 0 { chat(0) } else { chat(n) };
        async move { post.send(to, &Message::default()).await.map(|_| (to, clock.uptime())) }
    });
    let sent = futures_util::future::join_all(sends).await;
    assert_eq!(*strict.refused.lock().unwrap(), 0);
    let mut last: HashMap<bool, Duration> = HashMap::new();
    for (to, at) in sent.into_iter().map(Result::unwrap) {
        let last = last.entry(to == chat(0)).or_default();
        *last = (*last).max(at);
    }
    assert!(last[&false] < Duration::from_secs(11), "{last:?}");
    assert!(last[&true] < Duration::from_secs(15), "{last:?}");
}

#[test]
fn a_sign_takes_a_permit_to_spare_and_no_turn_of_its_chat() {
    let mut traffic = Traffic::new(4);
    assert!(traffic.sign(ms(0)) && traffic.sign(ms(0)));
    assert!(!traffic.sign(ms(0)), "half of the permits are for messages");
    departs(&mut traffic, Lane::Notices, 1, ms(0)).unwrap();
    let answer = traffic.enter(Lane::Answers, chat(2), 1);
    assert_eq!(traffic.pump(ms(0)).departed, [answer]);
    traffic.enter(Lane::Notices, chat(1), 1);
    assert!(!traffic.sign(ms(2001)), "somebody waits");
}

#[test]
fn an_album_takes_a_permit_for_each_item_and_waits_for_all_of_them() {
    let mut traffic = Traffic::new(10);
    let album = traffic.enter(Lane::Notices, chat(1), 4);
    assert_eq!(traffic.pump(ms(0)).departed, [album]);
    let next = traffic.enter(Lane::Answers, chat(2), 7);
    assert!(traffic.pump(ms(0)).departed.is_empty(), "six permits are left");
    traffic.land(album, Landed::Done, ms(100));
    assert!(traffic.pump(ms(1099)).departed.is_empty());
    assert_eq!(traffic.pump(ms(1100)).departed, [next]);
    traffic.land(next, Landed::Done, ms(1200));
    traffic.share(1);
    let large = traffic.enter(Lane::Notices, chat(3), 4);
    assert!(traffic.pump(ms(2199)).departed.is_empty());
    assert_eq!(traffic.pump(ms(2200)).departed, [large], "more than there are permits go alone");
}

#[test]
fn an_album_for_a_chat_that_is_busy_does_not_hold_others_up() {
    let mut traffic = Traffic::new(5);
    departs(&mut traffic, Lane::Notices, 1, ms(0)).unwrap();
    traffic.enter(Lane::Notices, chat(1), 5);
    let other = traffic.enter(Lane::Notices, chat(2), 1);
    assert_eq!(traffic.pump(ms(0)).departed, [other]);
}

#[tokio::test(start_paused = true)]
async fn a_crowd_of_albums_stays_within_the_limit() {
    let clock = Clock::start(DateTime::UNIX_EPOCH);
    let strict = Strict::new(clock);
    let lanes = Lanes::new(clock);
    let post = lanes.lane(Lane::Notices, Arc::<Strict>::clone(&strict));
    let picture = Attachment {
        shown_as: ShownAs::Photo,
        content: Content::Known("AgAC".to_owned()),
        name: String::new(),
        content_type: String::new(),
    };
    let sends = (0..60).map(|n| {
        let (post, album) = (Arc::clone(&post), vec![picture.clone(); 1 + n % 4]);
        async move { post.send_files(chat(n), &album, &Message::default()).await }
    });
    let sent = futures_util::future::join_all(sends).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    // 150 items at thirty a second.
    assert!(clock.uptime() < Duration::from_secs(8), "{:?}", clock.uptime());
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_leaves_its_place() {
    let clock = Clock::start(DateTime::UNIX_EPOCH);
    let lanes = Lanes::new(clock);
    let post = lanes.lane(Lane::Notices, Strict::new(clock));
    let message = Message::default();
    post.send(chat(1), &message).await.unwrap();
    for _ in 0..3 {
        let given_up = tokio::time::timeout(ms(10), post.send(chat(1), &message)).await;
        assert!(given_up.is_err());
    }
    let before = clock.uptime();
    post.send(chat(1), &message).await.unwrap();
    let waited = clock.uptime().saturating_sub(before);
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    let progress = lanes.lane(Lane::Edits, Strict::new(clock));
    let turned_away = progress.edit(chat(1), MessageId(1), &message).await;
    assert!(matches!(turned_away, Err(SendError::NoPermit)), "{turned_away:?}");
}
