//! Credits: what somebody has, what something costs, and what is missing.

use super::{button, plain};
use crate::bot::texts::{Arg, date, say};
use crate::credits::Shortfall;
use crate::language::Language;
use crate::ports::{Balance, Button, Message, Movement, Why};

/// The label of a button that starts something: with what it costs, if it costs credits.
#[must_use]
pub fn start_label(label: String, language: Language, price: Option<i64>) -> String {
    match price {
        Some(credits) => format!("{label} · {}", counted(language, credits)),
        None => label,
    }
}

/// A number of credits, in words.
fn counted(language: Language, credits: i64) -> String {
    say(language, "credits-count", &[("count", Arg::Number(credits))])
}

/// What somebody has, and what moved last.
#[must_use]
pub fn balance(language: Language, balance: &Balance) -> Message {
    let available = counted(language, balance.available());
    let mut html = say(language, "credits-balance", &[("credits", Arg::Ours(&available))]);
    if balance.held > 0 {
        let held = counted(language, balance.held);
        html =
            format!("{html}\n{}", say(language, "credits-held", &[("credits", Arg::Ours(&held))]));
    }
    if balance.owed > 0 {
        let owed = counted(language, balance.owed);
        html =
            format!("{html}\n{}", say(language, "credits-owed", &[("credits", Arg::Ours(&owed))]));
    }
    let moved: Vec<String> =
        balance.movements.iter().map(|movement| line(language, movement)).collect();
    if !moved.is_empty() {
        let title = say(language, "credits-moved", &[]);
        html = format!("{html}\n\n{title}\n{}", moved.join("\n"));
    }
    Message {
        html,
        buttons: vec![
            vec![button(language, "credits-button-topup", "topup_menu")],
            vec![button(language, "button-menu", "main_menu")],
        ],
    }
}

fn line(language: Language, movement: &Movement) -> String {
    let why = say(language, why(movement.why), &[]);
    // The sign that people read, not the one of keyboards.
    let sign = if movement.credits < 0 { '−' } else { '+' };
    let credits = movement.credits.unsigned_abs();
    format!("{} — {why}: {sign}{credits}", date(language, movement.at))
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Training => "credits-why-training",
        Why::Pictures => "credits-why-pictures",
        Why::Speech => "credits-why-speech",
        Why::Other => "credits-why-other",
        Why::Payment => "credits-why-payment",
        Why::Refund => "credits-why-refund",
        Why::Clawback => "credits-why-clawback",
        Why::Welcome => "credits-why-welcome",
        Why::Invite => "credits-why-invite",
        Why::Grant => "credits-why-grant",
        Why::Import => "credits-why-import",
    }
}

/// Something is not started for want of credits. Nothing has changed; the button tries again.
#[must_use]
pub fn short_of_credits(language: Language, shortfall: &Shortfall, again: String) -> Message {
    let Shortfall { need, have, owed } = *shortfall;
    let args = [
        ("missing", Arg::Number(shortfall.missing())),
        ("need", Arg::Number(need)),
        ("have", Arg::Number(have)),
    ];
    let mut html = say(language, "credits-short", &args);
    if owed > 0 {
        let owed = counted(language, owed);
        html = format!(
            "{html}\n\n{}",
            say(language, "credits-owed", &[("credits", Arg::Ours(&owed))])
        );
    }
    let topup = button(language, "credits-button-topup", "topup_menu");
    let balance = button(language, "credits-button-balance", "balance_menu");
    Message {
        html,
        buttons: vec![vec![topup, balance], vec![button(language, "button-retry", again)]],
    }
}

/// How to get more credits.
#[must_use]
pub fn top_up(language: Language) -> Message {
    let mut message = plain(language, "credits-topup-later");
    let balance: Button = button(language, "credits-button-balance", "balance_menu");
    message.buttons.insert(0, vec![balance]);
    message
}

/// An invitation brought credits: a line above the menu.
#[must_use]
pub fn gift(language: Language, credits: i64) -> String {
    say(language, "credits-gift", &[("credits", Arg::Ours(&counted(language, credits)))])
}

/// Something costs other than its button said: a line above the new button.
#[must_use]
pub fn price_changed(language: Language, price: i64) -> String {
    say(language, "credits-price-changed", &[("credits", Arg::Ours(&counted(language, price)))])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every screen about credits.
    pub(crate) fn screens(language: Language, count: u32) -> Vec<Message> {
        let credits = i64::from(count) * 97;
        let whys = [
            Why::Training,
            Why::Pictures,
            Why::Speech,
            Why::Other,
            Why::Payment,
            Why::Refund,
            Why::Clawback,
            Why::Welcome,
            Why::Invite,
            Why::Grant,
            Why::Import,
        ];
        let moved =
            whys.map(|why| Movement { at: chrono::DateTime::UNIX_EPOCH, why, credits: -credits });
        let full = Balance { posted: credits, held: 5, owed: 7, movements: moved.to_vec() };
        let shortfall = Shortfall { need: 300, have: credits, owed: credits };
        let again = format!("start_training_{}", uuid::Uuid::nil());
        let alone = |html| Message { html, buttons: Vec::new() };
        vec![
            balance(language, &full),
            balance(language, &Balance::default()),
            short_of_credits(language, &shortfall, again),
            top_up(language),
            alone(gift(language, credits)),
            alone(price_changed(language, credits)),
        ]
    }

    #[test]
    fn credits_are_declined() {
        for (count, ru, en) in [
            (0, "0 кредитов", "0 credits"),
            (1, "1 кредит", "1 credit"),
            (3, "3 кредита", "3 credits"),
            (11, "11 кредитов", "11 credits"),
            (121, "121 кредит", "121 credits"),
            (300, "300 кредитов", "300 credits"),
        ] {
            assert_eq!(counted(Language::Ru, count), ru);
            assert_eq!(counted(Language::En, count), en);
        }
        let label = start_label("Start".to_owned(), Language::En, Some(300));
        assert_eq!(label, "Start · 300 credits");
        assert_eq!(start_label("Start".to_owned(), Language::En, None), "Start");
    }

    #[test]
    fn what_is_missing_is_said_with_the_way_to_more() {
        let shortfall = Shortfall { need: 300, have: 179, owed: 0 };
        let message = short_of_credits(Language::Ru, &shortfall, "gen_start:x".to_owned());
        for words in ["не хватает 121 кредита", "300 кредитов", "179 кредитов"]
        {
            assert!(message.html.contains(words), "{}", message.html);
        }
        let data: Vec<_> = message.buttons.iter().flatten().map(|b| &*b.data).collect();
        assert_eq!(data, ["topup_menu", "balance_menu", "gen_start:x"]);
    }
}
