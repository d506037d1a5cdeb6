//! Addresses of the queue. We build them and never follow those in FAL's answers: FAL's long forms
//! are for people, and an address in an answer would be one more thing to trust.

use url::Url;

/// Where an input is submitted: under the full name.
pub(super) fn of_endpoint(base: &Url, endpoint: &str) -> Option<Url> {
    application(endpoint)?;
    below(base, &endpoint.split('/').collect::<Vec<_>>())
}

/// The address of a job afterwards, in the short form: FAL drops everything after the application's
/// name once a job is submitted.
pub(super) fn of_request(base: &Url, endpoint: &str, id: &str, what: &[&str]) -> Option<Url> {
    let mut path = application(endpoint)?;
    path.extend(["requests", id]);
    path.extend(what);
    below(base, &path)
}

/// A job's name comes from an answer, a webhook or a row, so it must stay one segment of the path,
/// whatever it contains. Empty names and dot segments are refused.
fn below(base: &Url, path: &[&str]) -> Option<Url> {
    if path.iter().any(|part| matches!(*part, "" | "." | "..") || part.contains(char::is_control)) {
        return None;
    }
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

/// «owner/alias» of an endpoint, with the namespace if it has one. Names consist of letters, digits
/// and a few signs.
fn application(endpoint: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = endpoint.split('/').collect();
    let sound = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let kept = if matches!(parts.first(), Some(&("workflows" | "comfy"))) { 3 } else { 2 };
    (parts.len() >= kept && parts.iter().all(sound)).then(|| parts[..kept].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://queue.fal.run/").unwrap()
    }

    #[test]
    fn the_path_behind_the_application_is_dropped_after_the_submit() {
        for (endpoint, expected) in [
            ("fal-ai/flux-lora-portrait-trainer", Some("fal-ai/flux-lora-portrait-trainer")),
            ("fal-ai/flux-pro/v1.1-ultra-finetuned", Some("fal-ai/flux-pro")),
            ("workflows/me/mine/again", Some("workflows/me/mine")),
            ("alone", None),
            ("", None),
            ("fal-ai/", None),
            ("../fal-ai", None),
            ("fal-ai/a/../../b", None),
            ("fal-ai/a?b=c", None),
        ] {
            let long = of_endpoint(&base(), endpoint);
            let short = of_request(&base(), endpoint, "7", &["status"]);
            let submitted = expected.map(|_| format!("https://queue.fal.run/{endpoint}"));
            let asked =
                expected.map(|app| format!("https://queue.fal.run/{app}/requests/7/status"));
            assert_eq!(long.map(String::from), submitted, "{endpoint}");
            assert_eq!(short.map(String::from), asked, "{endpoint}");
        }
    }

    #[test]
    fn a_jobs_name_stays_one_part_of_the_path_whatever_is_in_it() {
        for (id, expected) in [
            ("019e8887-52ac-7f31", Some("019e8887-52ac-7f31")),
            ("a.b:c~d", Some("a.b:c~d")),
            ("../../status", Some("..%2F..%2Fstatus")),
            ("a\\..\\b", Some("a%5C..%5Cb")),
            ("a?logs=1#x", Some("a%3Flogs=1%23x")),
            ("%2e%2e", Some("%252e%252e")),
            ("при вет", Some("%D0%BF%D1%80%D0%B8%20%D0%B2%D0%B5%D1%82")),
            ("..", None),
            (".", None),
            ("", None),
            ("a\nb", None),
        ] {
            let url = of_request(&base(), "a/b", id, &[]).map(String::from);
            let expected = expected.map(|id| format!("https://queue.fal.run/a/b/requests/{id}"));
            assert_eq!(url, expected, "{id:?}");
        }
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        let base = Url::parse("http://127.0.0.1:1/fal/").unwrap();
        let url = of_request(&base, "a/b", "7", &["cancel"]).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:1/fal/a/b/requests/7/cancel");
    }
}
