//! The whole table of the life cycle, and what must hold for every life.

use super::state::Interim;
use super::*;
use crate::ports::{
    End, InboxId, MissingReason, News, ObjectKey, Progress, StoredFile, StoredFiles, WEIGHTS,
};
use crate::timing::{DOUBT, Fallback, UNBOUGHT};
use proptest::prelude::*;

const POLICY: Policy = Policy {
    first_check: Duration::from_secs(30),
    interval: Duration::from_mins(1),
    timeout: Duration::from_hours(24),
    completeness: Duration::from_mins(10),
    doubt: DOUBT,
    unbought: UNBOUGHT,
    fallback: Fallback::Honest,
};

const PLACEHOLDER: Policy = Policy { fallback: Fallback::Placeholder, ..POLICY };

fn request() -> RequestId {
    RequestId("req".into())
}

fn file() -> FileUrl {
    FileUrl("https://v3.fal.media/files/a.safetensors".into())
}

fn files() -> Files {
    Files::of_training(file(), None, None)
}

fn failure() -> Failure {
    Failure::ours(FailureKind::NoFace, "face_detection_error", "no face")
}

fn held() -> StoredFiles {
    let weights = StoredFile {
        name: WEIGHTS,
        key: ObjectKey("loras/a/1/b.safetensors".into()),
        sha256: "b".into(),
        byte_size: 9,
        source: file(),
        details: serde_json::Value::Null,
    };
    StoredFiles { files: vec![weights], missing: None }
}

fn report(request: &str, news: News) -> Event {
    Event::Reported(Report { inbox: InboxId(1), request: RequestId(request.into()), news })
}

/// FAL finished five minutes after the start.
fn fetching(files: Option<Files>) -> State {
    State::fetching(request(), files, at(5).now)
}

/// The submit was sent at the start; it can be searched for by what was prepared.
fn unknown(searchable: bool) -> State {
    let prepared = searchable.then(file);
    State::SubmitUnknown(Unknown { prepared, sent_at: Some(at(0).now), tries: 0, doubted: false })
}

fn states() -> Vec<State> {
    let State::Fetching(open) = fetching(None) else { unreachable!() };
    vec![
        State::Intended { refusals: 0 },
        State::Submitting { prepared: file(), sent_at: at(0).now },
        unknown(true),
        unknown(false),
        State::watching(request()),
        fetching(None),
        fetching(Some(files())),
        State::Fetching(Fetching { suspected: true, ..open }),
        fetching(None).interim(Interim::Provisional),
        fetching(None).interim(Interim::Late),
        State::Withdrawing { request: request(), failures: 0, healable: false },
        State::Withdrawing { request: request(), failures: 0, healable: true },
        State::Auditing { request: request(), since: at(0).now, lost: None },
        State::Auditing { request: request(), since: at(0).now, lost: Some(1) },
        State::Ended,
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let finished = |files| News::Finished { files, answer: Value::Null };
    let result = |files| ResultAnswer::Files { files, answer: Value::Null };
    let why = || "why".to_owned();
    let poll = Source::Poll;
    vec![
        ("woke", Event::Woke(poll)),
        ("webhook OK with weights", report("req", finished(Some(files())))),
        ("webhook OK without", report("req", finished(None))),
        ("webhook ERROR", report("req", News::Failed(failure()))),
        ("webhook unclear", report("req", News::Unclear)),
        ("webhook of another job", report("other", finished(Some(files())))),
        ("packed", Event::Prepared(file())),
        ("not packed", Event::NotPrepared { why: why(), hopeless: None }),
        ("never packed", Event::NotPrepared { why: why(), hopeless: Some(failure()) }),
        ("submit accepted", Event::SubmitAnswered(SubmitAnswer::Accepted(request()))),
        (
            "submit not accepted",
            Event::SubmitAnswered(SubmitAnswer::NotAccepted { retry_after: None, why: why() }),
        ),
        ("submit refused", Event::SubmitAnswered(SubmitAnswer::Refused(failure()))),
        ("submit lost", Event::SubmitAnswered(SubmitAnswer::Lost { why: why() })),
        ("search found", searched(&[])),
        ("search found two", searched(&["double"])),
        ("search in vain", Event::Searched(SearchAnswer::Absent { typical: None })),
        ("search unreachable", Event::Searched(SearchAnswer::Unreachable { why: why() })),
        ("search refused", Event::Searched(SearchAnswer::Refused { why: why() })),
        ("status running", Event::StatusAnswered(poll, StatusAnswer::Running(Progress::default()))),
        ("status finished", Event::StatusAnswered(poll, StatusAnswer::Finished)),
        ("status failed", Event::StatusAnswered(poll, StatusAnswer::Failed(failure()))),
        ("status unknown job", Event::StatusAnswered(poll, StatusAnswer::Gone)),
        (
            "status unreachable",
            Event::StatusAnswered(poll, StatusAnswer::Unreachable { why: why() }),
        ),
        ("result with weights", Event::ResultAnswered(poll, result(Some(files())))),
        ("result without", Event::ResultAnswered(poll, result(None))),
        ("result failed", Event::ResultAnswered(poll, ResultAnswer::Failed(failure()))),
        ("result suspect", Event::ResultAnswered(poll, ResultAnswer::Suspect(failure()))),
        ("result gone", Event::ResultAnswered(poll, ResultAnswer::Gone)),
        (
            "result unreachable",
            Event::ResultAnswered(poll, ResultAnswer::Unreachable { why: why() }),
        ),
        ("held", Event::StoreAnswered(poll, StoreAnswer::Stored(held()))),
        (
            "not held",
            Event::StoreAnswered(
                poll,
                StoreAnswer::NotStored { reason: MissingReason::SizeMismatch, detail: why() },
            ),
        ),
        ("cancel answered", Event::CancelAnswered(CancelAnswer::Answered(why()))),
        ("cancel unreachable", Event::CancelAnswered(CancelAnswer::Unreachable { why: why() })),
        ("weights intact", Event::AuditAnswered(AuditAnswer::Intact)),
        ("weights lost", Event::AuditAnswered(AuditAnswer::Lost)),
        ("weights not seen", Event::AuditAnswered(AuditAnswer::Unknown)),
    ]
}

fn searched(doubles: &[&str]) -> Event {
    let doubles = doubles.iter().map(|id| RequestId((*id).into())).collect();
    Event::Searched(SearchAnswer::Found { request: request(), doubles })
}

fn at(minutes: i64) -> Moment<'static> {
    let started_at = DateTime::UNIX_EPOCH;
    Moment {
        now: started_at + chrono::Duration::minutes(minutes),
        started_at,
        policy: &POLICY,
        audits: true,
    }
}

fn described(state: &State) -> String {
    match state {
        State::Fetching(fetching) => {
            let of = if fetching.files.is_some() { "known weights" } else { "the result" };
            let suspected = if fetching.suspected { ", suspected" } else { "" };
            let interim = match fetching.interim {
                Interim::Open => "",
                Interim::Provisional => ", placeholder",
                Interim::Late => ", late",
            };
            format!("fetching {of}{suspected}{interim}")
        }
        State::Withdrawing { healable: true, .. } => "withdrawing, healable".to_owned(),
        State::Auditing { lost: Some(_), .. } => "auditing, lost".to_owned(),
        State::SubmitUnknown(Unknown { prepared: None, .. }) => {
            "submit unknown, not searchable".to_owned()
        }
        State::Intended { .. }
        | State::Submitting { .. }
        | State::SubmitUnknown(_)
        | State::Watching { .. }
        | State::Withdrawing { .. }
        | State::Auditing { .. }
        | State::Ended => state.name().to_owned(),
    }
}

fn saved(save: Option<&Save>) -> String {
    match save {
        None => "-".to_owned(),
        Some(Save::Change(change)) => change.kind().to_owned(),
        Some(Save::Settle(proposal)) => {
            format!("SETTLE {} by {}", proposal.end.word(), proposal.by.word())
        }
    }
}

fn follows(then: &Then) -> String {
    match then {
        Then::Ask(ask) => format!("ask {}", ask.name()),
        Then::Hear(_) => "hear it again".to_owned(),
        Then::Rest(wait) => format!("rest {} s", wait.as_secs()),
        Then::End => "end".to_owned(),
    }
}

fn table() -> String {
    let mut lines = Vec::new();
    let placeholders = Moment { policy: &PLACEHOLDER, ..at(9) };
    for (title, moment) in [
        ("while there is time", at(9)),
        ("four hours after the start", at(4 * 60)),
        ("when the time is up", at(24 * 60)),
        ("with placeholders, while there is time", placeholders),
    ] {
        lines.push(format!("{title}\n"));
        for state in states() {
            let met: Vec<String> = events()
                .into_iter()
                .filter_map(|(name, event)| {
                    let step = step(&state, event, &moment).ok()?;
                    let (save, then) = (saved(step.save.as_ref()), follows(&step.then));
                    let next = described(&step.next);
                    Some(format!("  {name:<24} {save:<45} {then:<18} → {next}"))
                })
                .collect();
            let differs = match title {
                "four hours after the start" => state.name() == "submit unknown",
                _ => moment.policy.fallback == Fallback::Honest || state.name() == "fetching",
            };
            if !met.is_empty() && differs {
                lines.push(format!("{}\n{}\n", described(&state), met.join("\n")));
            }
        }
    }
    lines.join("\n")
}

#[test]
fn the_table_is_as_it_was_agreed() {
    insta::assert_snapshot!("life_cycle", table());
}

/// Events of one life in any order, as a broken network would bring them.
fn any_events() -> impl Strategy<Value = Vec<(usize, i64)>> {
    prop::collection::vec((0..events().len(), 0_i64..60), 1..60)
}

/// Feeds events to a life; returns all steps that were taken.
fn live(script: &[(usize, i64)]) -> Vec<(State, Step)> {
    let all = events();
    let mut state = State::Intended { refusals: 0 };
    let (mut minutes, mut steps) = (0, Vec::new());
    for (index, later) in script {
        minutes += later;
        if let Ok(step) = step(&state, all[*index].1.clone(), &at(minutes)) {
            steps.push((state, step.clone()));
            state = step.next;
        }
    }
    steps
}

proptest! {
    #[test]
    fn an_ended_training_meets_nothing(index in 0..events().len(), minutes in 0_i64..3000) {
        let event = events()[index].1.clone();
        prop_assert!(step(&State::Ended, event, &at(minutes)).is_err());
    }

    #[test]
    fn every_end_is_settled_first(script in any_events()) {
        for (before, step) in live(&script) {
            let ended = |state: &State| match state {
                State::Ended | State::Withdrawing { .. } | State::Auditing { .. } => true,
                State::Fetching(fetching) => fetching.interim != Interim::Open,
                State::Intended { .. }
                | State::Submitting { .. }
                | State::SubmitUnknown(_)
                | State::Watching { .. } => false,
            };
            let (over, was_over) = (ended(&step.next), ended(&before));
            if over && !was_over {
                prop_assert!(matches!(step.save, Some(Save::Settle(_))), "{before:?} → {step:?}");
            }
        }
    }

    #[test]
    fn nothing_is_bought_before_the_intent_is_saved(script in any_events()) {
        for (_, step) in live(&script) {
            if let Then::Ask(Ask::Submit(prepared)) = step.then {
                prop_assert_eq!(step.save, Some(Save::Change(Change::SubmitIntended { prepared })));
            }
        }
    }

    #[test]
    fn an_unknown_submit_is_never_repeated(script in any_events()) {
        let mut unknown = false;
        for (_, step) in live(&script) {
            unknown |= matches!(step.next, State::SubmitUnknown(_));
            let buys = matches!(step.then, Then::Ask(Ask::Submit(_) | Ask::Prepare));
            prop_assert!(!(unknown && buys));
        }
    }

    #[test]
    fn silence_leads_to_a_question_or_an_end(script in any_events()) {
        let state = live(&script).pop().map_or(State::Ended, |(_, step)| step.next);
        let woken = step(&state, Event::Woke(Source::Poll), &at(100_000));
        match state {
            State::Ended | State::Submitting { .. } => prop_assert!(woken.is_err()),
            State::Intended { .. }
            | State::SubmitUnknown(_)
            | State::Watching { .. }
            | State::Fetching(_)
            | State::Withdrawing { .. }
            | State::Auditing { .. } => {
                prop_assert!(!matches!(woken.map(|s| s.then), Ok(Then::Rest(_)) | Err(_)));
            }
        }
    }
}

/// A submit of unknown fate after this long, searched for in vain this often.
fn searches(tries: u16, seconds: i64, typical: Option<u64>) -> Step {
    let State::SubmitUnknown(known) = unknown(true) else { panic!("it is not unknown") };
    let state = State::SubmitUnknown(Unknown { tries, doubted: true, ..known });
    let now = at(0).now + chrono::Duration::seconds(seconds);
    let answer = SearchAnswer::Absent { typical: typical.map(Duration::from_mins) };
    step(&state, Event::Searched(answer), &Moment { now, ..at(0) }).unwrap()
}

#[test]
fn a_lost_submit_is_searched_for_soon_and_then_twice_a_minute() {
    let rests: Vec<_> = (0..6).map(|tries| searches(tries, 60, None).then).collect();
    let expected = [2, 4, 8, 16, 30, 30].map(|wait| Then::Rest(Duration::from_secs(wait)));
    assert_eq!(rests, expected);
}

#[test]
fn it_was_not_bought_when_its_job_must_have_ended_and_not_before() {
    let not_bought = Some(Save::Settle(Proposal { by: Source::Poll, end: End::NotBought }));
    for (minutes, typical, settled) in [
        (59, Some(5), false),
        (60, Some(5), true),
        (119, Some(40), false),
        (120, Some(40), true),
        (179, None, false),
        (180, None, true),
    ] {
        let step = searches(50, minutes * 60, typical);
        assert_eq!(step.save == not_bought, settled, "{minutes} min, usually {typical:?}");
    }
}

#[test]
fn what_cannot_be_read_proves_nothing_however_long_it_takes() {
    let why = || "why".to_owned();
    for answer in [SearchAnswer::Unreachable { why: why() }, SearchAnswer::Refused { why: why() }] {
        let step = step(&unknown(true), Event::Searched(answer), &at(23 * 60)).unwrap();
        assert!(!matches!(step.save, Some(Save::Settle(_))), "{step:?}");
    }
}

#[test]
fn its_owner_is_told_once_after_two_minutes_that_we_check() {
    for searchable in [true, false] {
        let event = |n: i64| {
            if searchable {
                Event::Searched(SearchAnswer::Absent { typical: None })
            } else {
                Event::Woke(if n == 0 { Source::Startup } else { Source::Poll })
            }
        };
        let (mut state, mut told) = (unknown(searchable), Vec::new());
        for seconds in [0, 60, 119, 120, 150, 4000] {
            let now = at(0).now + chrono::Duration::seconds(seconds);
            let step = step(&state, event(seconds), &Moment { now, ..at(0) }).unwrap();
            if step.save == Some(Save::Change(Change::SubmitDoubted)) {
                told.push(seconds);
            }
            let Then::Rest(wait) = step.then else { unreachable!() };
            assert!(seconds >= 120 || wait.as_secs() <= 120, "it wakes to tell: {wait:?}");
            state = step.next;
        }
        assert_eq!(told, [120], "searchable: {searchable}");
    }
}
