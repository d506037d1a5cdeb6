//! Faults on order: what a network and a busy Telegram do to a bot.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this many seconds to wait; nothing is done.
    TooManyRequests {
        /// Seconds.
        retry_after: u32,
    },
    /// 500 `Internal Server Error`; nothing is done.
    ServerError,
    /// 502 with a page of HTML, as the proxy in front of Telegram sends it; nothing is done.
    BadGateway,
    /// Any other refusal; nothing is done.
    Refuse {
        /// The HTTP status.
        code: u16,
        /// The whole description, including its prefix.
        description: String,
    },
    /// The group is upgraded to this number just before the call, which is refused with it.
    Upgrade {
        /// The supergroup.
        to: i64,
    },
    /// The connection closes before the call is read.
    Drop,
    /// The call is done, then the connection closes without an answer.
    ///
    /// The bot cannot tell this from [`Fault::Drop`]; if it sends again, it sends twice.
    Swallow,
    /// The call is done at once, and its answer is delayed by this.
    Late(Duration),
    /// The call is done and answered only after this.
    Delay(Duration),
}

impl Fault {
    /// Whether the call is performed despite the fault.
    pub(crate) fn lets_through(&self) -> bool {
        matches!(self, Self::Swallow | Self::Late(_) | Self::Delay(_))
    }
}

/// Faults that have not happened yet.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    orders: Vec<Order>,
    random: Option<Chance>,
}

/// A fault at a rate.
#[derive(Debug)]
struct Chance {
    /// Lower case.
    method: String,
    fault: Fault,
    per_mille: u32,
    dice: StdRng,
}

/// A fault for the next matching calls.
#[derive(Debug)]
struct Order {
    /// Lower case; `*` is every method but `getUpdates`, which would use it up by polling.
    method: String,
    /// Only calls about this chat.
    chat: Option<i64>,
    fault: Fault,
    left: u32,
}

impl Faults {
    /// Orders a fault for the next calls of a method.
    pub(crate) fn order(&mut self, method: &str, chat: Option<i64>, fault: Fault, times: u32) {
        self.orders.push(Order { method: method.to_lowercase(), chat, fault, left: times });
    }

    /// Makes calls of a method fail at a rate.
    pub(crate) fn at_random(&mut self, method: &str, fault: Fault, per_mille: u32, seed: u64) {
        let (method, dice) = (method.to_lowercase(), StdRng::seed_from_u64(seed));
        self.random = Some(Chance { method, fault, per_mille, dice });
    }

    fn by_chance(&mut self, method: &str) -> Option<Fault> {
        let chance = self.random.as_mut().filter(|chance| chance.method == method)?;
        let struck = chance.dice.random_range(0..1000) < chance.per_mille;
        struck.then(|| chance.fault.clone())
    }

    /// Takes the fault for a call, oldest order first.
    pub(crate) fn take(&mut self, method: &str, chat: Option<i64>) -> Option<Fault> {
        let method = method.to_lowercase();
        let fits = |order: &&mut Order| {
            let named = order.method == method || order.method == "*" && method != "getupdates";
            named && order.chat.is_none_or(|wanted| chat == Some(wanted))
        };
        let order = self.orders.iter_mut().filter(|order| order.left > 0).find(fits);
        let Some(order) = order else { return self.by_chance(&method) };
        order.left -= 1;
        let fault = order.fault.clone();
        self.orders.retain(|order| order.left > 0);
        Some(fault)
    }

    /// How many calls are still to fail; a test that ends with some left never made those calls.
    pub(crate) fn left(&self) -> u32 {
        self.orders.iter().map(|order| order.left).sum()
    }

    /// Forgets all orders.
    pub(crate) fn clear(&mut self) {
        self.orders.clear();
        self.random = None;
    }
}
