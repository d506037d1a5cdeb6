//! Who may ask when.

use super::*;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Notify;
use uuid::Uuid;

/// A model that answers when it is allowed to.
struct Slow {
    go: Notify,
    answer: Value,
}

#[async_trait]
impl Chat for Slow {
    async fn ask(&self, _: &ChatQuestion) -> Result<Value, ChatError> {
        self.go.notified().await;
        Ok(self.answer.clone())
    }
}

/// One person's calls.
#[derive(Default)]
struct Calls(AtomicU32);

#[async_trait]
impl ChatCalls for Calls {
    async fn count_call(&self, _: UserId, most: u32) -> Result<bool, StoreError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed) < most)
    }
}

fn answer(prompt: &str) -> Value {
    json!({
        "prompt_en": prompt,
        "policy": { "minor": false, "sexual": false, "public_figure": false, "hate": false },
        "changed": true,
    })
}

fn interpreter(answer: Value) -> (Interpreter, Arc<Slow>, Arc<Calls>) {
    let chat = Arc::new(Slow { go: Notify::new(), answer });
    let calls = Arc::new(Calls::default());
    let policy = Arc::new(Policy::shipped().unwrap());
    let log = Logger::root(slog::Discard, slog::o!());
    let interpreter =
        Interpreter::new(Some(Arc::<Slow>::clone(&chat)), Arc::<Calls>::clone(&calls), policy, log);
    (interpreter, chat, calls)
}

const ANNA: UserId = UserId(Uuid::from_u128(1));

#[tokio::test]
async fn whoever_finds_no_permit_does_not_wait_and_is_not_counted() {
    let (interpreter, chat, calls) = interpreter(answer("a lighthouse"));
    let question = interpreting::of_words("маяк".to_owned());
    let ask = || interpreter.ask(ANNA, CALLS_A_DAY, &question);
    let crowd = futures_util::future::join_all((0..CALLS_AT_ONCE).map(|_| ask()));
    let late = async {
        let late = ask().await.unwrap();
        assert_eq!(calls.0.load(Ordering::Relaxed) as usize, CALLS_AT_ONCE);
        for _ in 0..CALLS_AT_ONCE {
            chat.go.notify_one();
            tokio::task::yield_now().await;
        }
        late
    };
    let (crowd, late) = tokio::join!(crowd, late);
    assert_eq!(late, Meant::Nothing(Silence::Away));
    let description = Description { english: "a lighthouse".to_owned(), told: None };
    for meant in crowd {
        assert_eq!(meant.unwrap(), Meant::Picture(description.clone()));
    }
}

#[tokio::test]
async fn a_day_has_its_end_and_the_models_words_are_judged() {
    for (said, most, expected) in [
        (answer("a nude woman"), 1, Meant::Refused(Refusal::Sexual)),
        (json!({}), 1, Meant::Nothing(Silence::Away)),
        (answer("a lighthouse"), 0, Meant::Nothing(Silence::TooMany)),
    ] {
        let (interpreter, chat, _) = interpreter(said);
        chat.go.notify_one();
        let question = interpreting::of_words("маяк".to_owned());
        assert_eq!(interpreter.ask(ANNA, most, &question).await.unwrap(), expected);
    }
}
