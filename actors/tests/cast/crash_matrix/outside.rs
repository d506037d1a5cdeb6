//! What reaches the cast from outside: its owner's presses and FAL's calls.

use super::super::world::store::call;
use super::super::world::{Model, Update};
use super::stage::{AVATAR, CHAT, Calls, SCREEN, Story};
use actors::bot::Fresh;
use actors::ports::{ChatId, Incoming, Input, Received, UpdateId, Who};
use actors::root::Cast;
use actors::webhook::Call;
use serde_json::Value;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// FAL calls again after a call that was not answered with 200.
const CALLS_AGAIN: Duration = Duration::from_secs(15);

/// The owner's presses, under the lease that allows polling: stored first, as the poller does, then
/// passed on.
pub(super) fn press_what_is_due(model: &Arc<Mutex<Model>>, story: &Story, cast: &Cast) {
    let mut model = model.lock().unwrap();
    let now = model.tick();
    let presses = [
        Some((Duration::ZERO, format!("start_training_{AVATAR}"))),
        story.cancel_at.map(|at| (at, format!("confirm_cancel_training_{AVATAR}"))),
    ];
    for (n, (at, data)) in presses.into_iter().flatten().enumerate() {
        if now < at || model.updates.len() > n {
            continue;
        }
        let received = press(n, data);
        model.updates.push(Update { received: received.clone(), tries: 0, handled: false });
        if let Some(bot) = &cast.bot
            && bot.try_send(Fresh(vec![received])).is_err()
        {
            // It is stored; the bot reads it when it can.
        }
    }
}

fn press(n: usize, data: String) -> Received {
    let who = Who {
        telegram_id: CHAT,
        chat: ChatId(CHAT),
        username: None,
        first_name: "Anna".to_owned(),
        language_code: Some("en".to_owned()),
    };
    let input = Input::Button { callback: format!("press-{n}"), data, message: Some(SCREEN) };
    Received {
        id: UpdateId(i64::try_from(n).unwrap()),
        body: Value::Null,
        incoming: Some(Incoming { who, input, in_album: false }),
    }
}

/// FAL's calls to the real WebhookActor, repeated until one is answered with 200. Before each of
/// them comes a forged one.
pub(super) fn call_what_is_due(
    model: &Arc<Mutex<Model>>,
    story: &Story,
    cast: &Cast,
    calls: &Calls,
) {
    let Some(webhook) = cast.webhook.as_ref().filter(|_| story.webhook) else { return };
    let mut model = model.lock().unwrap();
    let now = model.tick();
    for (n, job) in model.fal.jobs.iter().enumerate().filter(|(_, job)| job.over(now)) {
        let (due, answered) = calls.borrow().get(&n).copied().unwrap_or_default();
        let Some(url) = job.webhook.clone().filter(|_| !answered && due <= now) else { continue };
        calls.borrow_mut().insert(n, (now + CALLS_AGAIN, false));
        let forged = call(&url, &serde_json::json!({"request_id": &*job.request.0}), false);
        let genuine = call(&url, &job.report(), true);
        let (webhook, calls) = (webhook.clone(), Rc::clone(calls));
        #[expect(clippy::disallowed_methods, reason = "FAL calls from outside of the cast")]
        tokio::task::spawn_local(async move {
            if let Ok(answer) = webhook.send(Call(forged)).await {
                answer.expect_err("a forged call was believed");
            }
            if let Ok(Ok(_)) = webhook.send(Call(genuine)).await {
                calls.borrow_mut().insert(n, (Duration::ZERO, true));
            }
        });
    }
}
