//! FAL's keys: how long we trust them, and how often we ask for them. Time is injected, so a day
//! passes at once.

use super::super::signatures::JwksSignatures;
use super::quick;
use actors::ports::{RawDelivery, Rejection};
use bytes::Bytes;
use chrono::Utc;
use serde_json::json;
use sha2::{Digest, Sha256};
use slog::{Discard, Logger, o};
use standins::fal::{Fal, Fault, Kind, Ledger};
use std::time::Duration;
use tokio::time::Instant;

const BODY: &[u8] = br#"{"request_id": "7", "status": "OK"}"#;
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

struct Bench {
    fal: Fal,
    judge: JwksSignatures,
    wall: i64,
    start: Instant,
}

impl Bench {
    async fn new() -> Self {
        Self::pinned(None).await
    }

    async fn pinned(user: Option<&str>) -> Self {
        let fal = Fal::start(quick()).await.unwrap();
        let log = Logger::root(Discard, o!());
        let url = fal.url().parse().unwrap();
        let judge = JwksSignatures::new(&url, user.map(str::to_owned), log).unwrap();
        Self { fal, judge, wall: Utc::now().timestamp(), start: Instant::now() }
    }

    /// A call signed with FAL's current key.
    fn call(&self) -> RawDelivery {
        let headers = self.fal.sign(BODY, "7", self.wall).into_iter();
        RawDelivery {
            body: Bytes::from_static(BODY),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
            nonce: None,
            digest: Sha256::digest(BODY).into(),
        }
    }

    /// A call with a signature that is not FAL's.
    fn bad(&self) -> RawDelivery {
        let other = Sha256::digest(b"another body").into();
        RawDelivery { digest: other, ..self.call() }
    }

    async fn judged(&self, call: &RawDelivery, after: Duration) -> Result<(), Rejection> {
        self.judge.judge(call, self.wall, self.start + after).await
    }

    fn fetches(&self) -> usize {
        self.fal.ledger().count(Kind::Jwks)
    }
}

const NOT_FALS: Result<(), Rejection> = Err(Rejection::NotSigned("the signature is not FAL's"));

#[tokio::test]
async fn keys_are_kept_for_a_day_and_not_longer() {
    let bench = Bench::new().await;
    let call = bench.call();
    for hours in [0, 1, 12, 23] {
        assert_eq!(bench.judged(&call, Duration::from_hours(hours)).await, Ok(()));
        assert_eq!(bench.fetches(), 1, "after {hours} h");
    }
    assert_eq!(bench.judged(&call, Duration::from_secs(86_399)).await, Ok(()));
    assert_eq!(bench.fetches(), 1);
    assert_eq!(bench.judged(&call, DAY).await, Ok(()));
    assert_eq!(bench.fetches(), 2);
    // A key that FAL withdrew is trusted for at most a day, even if somebody still signs with it.
    bench.fal.rotate_keys(false);
    assert_eq!(bench.judged(&call, DAY + Duration::from_secs(86_399)).await, Ok(()));
    assert_eq!(bench.judged(&call, DAY * 2).await, NOT_FALS);
}

#[tokio::test]
async fn a_new_key_costs_one_early_question() {
    for keep_old in [true, false] {
        let bench = Bench::new().await;
        assert_eq!(bench.judged(&bench.call(), Duration::ZERO).await, Ok(()));
        bench.fal.rotate_keys(keep_old);
        let call = bench.call();
        assert_eq!(bench.judged(&call, MINUTE).await, Ok(()), "old keys kept: {keep_old}");
        assert_eq!(bench.judged(&call, MINUTE * 2).await, Ok(()));
        assert_eq!(bench.fetches(), 2, "old keys kept: {keep_old}");
    }
}

#[tokio::test]
async fn ten_thousand_bad_calls_in_a_minute_ask_once_more() {
    let bench = Bench::new().await;
    assert_eq!(bench.judged(&bench.call(), Duration::ZERO).await, Ok(()));
    let bad = bench.bad();
    for number in 0..10_000_u32 {
        let after = MINUTE + MINUTE * number / 10_000;
        assert_eq!(bench.judged(&bad, after).await, NOT_FALS);
    }
    assert_eq!(bench.fetches(), 2);
    // Honest calls are not delayed by any of it.
    assert_eq!(bench.judged(&bench.call(), MINUTE * 2).await, Ok(()));
    assert_eq!(bench.fetches(), 2);
}

#[tokio::test]
async fn a_thousand_bad_calls_at_once_ask_once_and_hold_up_nobody() {
    let bench = Bench::new().await;
    assert_eq!(bench.judged(&bench.call(), Duration::ZERO).await, Ok(()));
    bench.fal.fault(Kind::Jwks, Fault::Slow(Duration::from_secs(2)));
    let (bad, good) = (bench.bad(), bench.call());
    let storm = futures_util::future::join_all((0..1000).map(|_| bench.judged(&bad, MINUTE)));
    let honest = async {
        // The request triggered by the flood is in flight and will be answered slowly.
        let asking = |ledger: &Ledger| (ledger.count(Kind::Jwks) == 2).then_some(());
        bench.fal.until("the storm's question", asking, MINUTE).await;
        let asked = std::time::Instant::now();
        assert_eq!(bench.judged(&good, MINUTE).await, Ok(()));
        asked.elapsed()
    };
    let (verdicts, waited) = tokio::join!(storm, honest);
    assert!(verdicts.iter().all(|verdict| *verdict == NOT_FALS));
    assert!(waited < Duration::from_millis(1500), "an honest call waited {waited:?}");
    assert_eq!(bench.fetches(), 2);
}

#[tokio::test]
async fn without_keys_fal_is_asked_to_call_again() {
    let mut short = json!({ "keys": [] });
    for fault in [
        Fault::Refuse,
        Fault::Nginx(502),
        Fault::Html,
        Fault::CutOff,
        Fault::Redirect("https://example.com/".to_owned()),
        Fault::Answer { status: 200, body: short.take(), request_id: false },
        Fault::Answer { status: 200, body: json!({ "keys": [{}] }), request_id: false },
    ] {
        let bench = Bench::new().await;
        bench.fal.fault_until_healed(Kind::Jwks, fault.clone());
        let call = bench.call();
        let out_of_reach = Err(Rejection::KeysOutOfReach);
        for _ in 0..100 {
            assert_eq!(bench.judged(&call, Duration::ZERO).await, out_of_reach, "{fault:?}");
        }
        assert_eq!(bench.fetches(), 1, "{fault:?}");
        bench.fal.heal(Kind::Jwks);
        assert_eq!(bench.judged(&call, Duration::from_secs(1)).await, Ok(()), "{fault:?}");
    }
}

#[tokio::test]
async fn good_keys_outlive_an_outage_but_not_their_day() {
    let bench = Bench::new().await;
    let call = bench.call();
    assert_eq!(bench.judged(&call, Duration::ZERO).await, Ok(()));
    bench.fal.fault_until_healed(Kind::Jwks, Fault::Nginx(503));
    assert_eq!(bench.judged(&bench.bad(), MINUTE).await, NOT_FALS);
    assert_eq!(bench.judged(&call, MINUTE).await, Ok(()));
    assert_eq!(bench.judged(&call, DAY).await, Err(Rejection::KeysOutOfReach));
    bench.fal.heal(Kind::Jwks);
    assert_eq!(bench.judged(&call, DAY + MINUTE).await, Ok(()));
}

#[tokio::test]
async fn another_user_of_fal_is_nobody_to_us() {
    let bench = Bench::pinned(Some("github|2")).await;
    let verdict = bench.judged(&bench.call(), Duration::ZERO).await;
    assert_eq!(verdict, Err(Rejection::NotSigned("the signature is for another user of FAL")));
    assert_eq!(bench.fetches(), 0);
    let bench = Bench::pinned(Some("github|1000001")).await;
    assert_eq!(bench.judged(&bench.call(), Duration::ZERO).await, Ok(()));
}

#[tokio::test]
async fn a_set_of_many_megabytes_is_not_read() {
    let bench = Bench::new().await;
    let flood = json!({ "keys": [{}], "more": "x".repeat(8 << 20) });
    let fault = Fault::Answer { status: 200, body: flood, request_id: false };
    bench.fal.fault(Kind::Jwks, fault);
    let verdict = bench.judged(&bench.call(), Duration::ZERO).await;
    assert_eq!(verdict, Err(Rejection::KeysOutOfReach));
}

#[tokio::test]
async fn together_each_call_is_judged_as_it_is_alone() {
    let bench = Bench::new().await;
    let old = bench.call();
    let unread = bench.judge.judge_known(std::slice::from_ref(&old), bench.wall, bench.start).await;
    assert_eq!(unread, [None], "without keys nothing is known");
    assert_eq!(bench.judged(&old, Duration::ZERO).await, Ok(()));
    bench.fal.rotate_keys(true);
    assert_eq!(bench.judged(&bench.call(), MINUTE).await, Ok(()));
    let bare = RawDelivery { headers: Vec::new(), ..old.clone() };
    let missing = Err(Rejection::NotSigned("a signature header is missing"));
    let kinds = [
        (bench.call(), Some(Ok(()))),
        (old, Some(Ok(()))),
        (bench.bad(), None), // Newer keys might fit it: it has to wait for them, alone.
        (bare, Some(missing)),
    ];
    // Every mixture of up to six, and larger ones with at most one kind of flaw.
    let mixtures = (0..6_u32).flat_map(|length| {
        (0..4_usize.pow(length)).map(move |n| (0..length).map(|i| n >> (2 * i) & 3).collect())
    });
    let large = (0..4).map(|odd| (0..40).map(|n| if n == 17 { odd } else { 0 }).collect());
    for mixture in mixtures.chain(large) {
        let mixture: Vec<usize> = mixture;
        let (calls, expected): (Vec<_>, Vec<_>) =
            mixture.iter().map(|kind| kinds[*kind].clone()).unzip();
        let verdicts = bench.judge.judge_known(&calls, bench.wall, bench.start + MINUTE).await;
        assert_eq!(verdicts, expected, "{mixture:?}");
    }
    assert_eq!(bench.fetches(), 2);
}
