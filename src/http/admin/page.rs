//! The frame of every page: head, style, one script; nothing from elsewhere.

use super::facts::Facts;
use super::moment::machine;
use super::sections;
use super::texts::{Texts, texts};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actors::language::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;
use uuid::Uuid;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/live.js");

/// A page with this body. Its policy allows only our own style and script, and forms and links to
/// ourselves.
pub(super) fn page(status: StatusCode, texts: &Texts, body: &Markup, script: bool) -> HttpResponse {
    let nonce = Uuid::new_v4().simple().to_string();
    let other = match texts.language {
        Language::Ru => Language::En,
        Language::En => Language::Ru,
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(texts.language.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                link rel="icon" href="data:,";
                title { (texts.title) }
                style nonce=(nonce) { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { a href=(texts.link("/admin")) { (texts.title) } }
                    a href={ "?lang=" (other.word()) } { (texts.other) }
                    a href="/admin/runbook" { (texts.runbook) }
                    span #paused .paused hidden { "⏸ " (texts.paused) }
                    form action="/admin/avatars" {
                        input type="hidden" name="lang" value=(texts.language.word());
                        input name="id" placeholder=(texts.find_hint) aria-label=(texts.find_hint);
                        button { (texts.find) }
                    }
                }
                (body)
                @if script { script type="module" nonce=(nonce) { (PreEscaped(SCRIPT)) } }
            }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; \
         connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HttpResponse::build(status)
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Cache-Control", "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(markup.into_string())
}

/// The main page.
pub(super) fn whole(facts: &Facts, texts: &Texts) -> HttpResponse {
    let words = json!({
        "now": machine(facts.at), "units": texts.units, "ago": texts.ago, "ahead": texts.ahead,
        "justNow": texts.just_now, "events": texts.link("/admin/events"),
    });
    // Inside a script element only «<» could end it.
    let words = words.to_string().replace('<', "\\u003c");
    let body = html! {
        main {
            @for (id, section) in sections::all(facts, texts) { section id=(id) { (section) } }
        }
        footer { "Aisha " (env!("CARGO_PKG_VERSION")) ", " (texts.seen_at) " " (machine(facts.at)) }
        script type="application/json" id="words" { (PreEscaped(words)) }
    };
    page(StatusCode::OK, texts, &body, true)
}

/// A page of one sentence.
pub(super) fn sentence(status: StatusCode, texts: &Texts, words: &str) -> HttpResponse {
    let body = html! {
        section { p { (words) } p { a href=(texts.link("/admin")) { (texts.back) } } }
    };
    page(status, texts, &body, false)
}

/// The chosen language, otherwise the browser's first that we support, otherwise English.
pub(super) fn language(chosen: Option<&str>, accepted: Option<&str>) -> &'static Texts {
    let wished = accepted.unwrap_or_default().split(',').map(|range| {
        let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
        (tag.trim(), weight.trim().parse::<f32>().unwrap_or(0.0))
    });
    let of = |tag: &str| match tag.split('-').next().map(str::to_ascii_lowercase).as_deref() {
        Some("ru") => Some(Language::Ru),
        Some("en") => Some(Language::En),
        Some(_) | None => None,
    };
    let mut wished: Vec<_> = wished.filter_map(|(tag, weight)| Some((of(tag)?, weight))).collect();
    // A stable sort: of two with equal weight, the first wins.
    wished.sort_by(|a, b| b.1.total_cmp(&a.1));
    let first = wished.first().map(|(language, _)| *language);
    texts(chosen.and_then(of).or(first).unwrap_or(Language::En))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_speaks_what_was_chosen_else_what_the_browser_wishes_most() {
        for (chosen, accepted, expected) in [
            (None, None, "en"),
            (None, Some("ru-RU,ru;q=0.9,en;q=0.8"), "ru"),
            (None, Some("de, en;q=0.3, ru;q=0.7"), "ru"),
            (None, Some("de"), "en"),
            (Some("en"), Some("ru"), "en"),
            (Some("xx"), Some("ru"), "ru"),
        ] {
            assert_eq!(language(chosen, accepted).language.word(), expected, "{accepted:?}");
        }
    }
}
