//! Bars, longest first: webhooks per second as multiples of pgbench's transactions.

use super::Line;
use crate::round::Round;

const BAR: u32 = 26;
const LABELS: u32 = 260;
const LONGEST: f64 = 480.0;

pub(crate) fn draw(rounds: &[Round]) -> String {
    let mut lines: Vec<(String, Line)> = rounds
        .iter()
        .map(|round| (format!("{}, {} callers", round.name, round.connections), Line::of(round)))
        .collect();
    lines.push(("PostgreSQL alone (pgbench)".to_owned(), alone()));
    lines.sort_by(|(_, a), (_, b)| b.ratio.total_cmp(&a.ratio));
    let most = lines.first().map_or(1.0, |(_, line)| line.ratio.max(f64::MIN_POSITIVE));
    let height = 60 + BAR * u32::try_from(lines.len()).unwrap_or_default();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"840\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"12\" y=\"24\" font-size=\"15\">Webhooks stored a second, as multiples of \
         pgbench with the same statement</text>\n"
    );
    for (n, (label, line)) in (0_u32..).zip(&lines) {
        let y = 44 + n * BAR;
        let width = line.ratio / most * LONGEST;
        let fill = if label.starts_with("Aisha") { "#c2410c" } else { "#94a3b8" };
        let end = f64::from(LABELS) + width + 6.0;
        let bar = format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>\
             <rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"18\" fill=\"{fill}\"/>\
             <text x=\"{end:.1}\" y=\"{}\">{:.2}</text>\n",
            LABELS - 8,
            y + 14,
            y + 14,
            line.ratio
        );
        text.push_str(&bar);
    }
    text.push_str("</svg>\n");
    text
}

/// The baseline.
fn alone() -> Line {
    Line {
        ratio: 1.0,
        range: (1.0, 1.0),
        rate: 0.0,
        p50: 0.0,
        p99: 0.0,
        base: (0.0, 0.0, 0.0, 0.0),
        postgres: 0.0,
        server: 0.0,
        resident: 0.0,
    }
}
