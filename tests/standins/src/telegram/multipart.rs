//! `multipart/form-data`, as far as clients of the Bot API use it.

use bytes::Bytes;

use super::refusal::Refusal;

/// One part: a file if it has a file name, otherwise a plain value.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) mime: String,
    pub(crate) body: Bytes,
}

/// Splits a body into its parts, without copying them.
///
/// # Errors
///
/// 400 if there is no boundary or the body does not end with it.
pub(crate) fn parts(content_type: &str, body: &Bytes) -> Result<Vec<Part>, Refusal> {
    let Some(boundary) = argument(content_type, "boundary").filter(|found| !found.is_empty())
    else {
        return Err(Refusal::bad("boundary field not found"));
    };
    let mark = format!("--{boundary}");
    let unfinished = || Refusal::bad("unexpected end of multipart data");
    let mut parts = Vec::new();
    let mut at = find(body, mark.as_bytes(), 0).ok_or_else(unfinished)? + mark.len();
    let next = format!("\r\n{mark}");
    while !body[at..].starts_with(b"--") {
        let head_end = find(body, b"\r\n\r\n", at).ok_or_else(unfinished)?;
        // A part may be empty: its body then starts where the next mark does.
        let end = find(body, next.as_bytes(), head_end + 2).ok_or_else(unfinished)?;
        let start = (head_end + 4).min(end);
        let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
        if let Some(part) = part(&head, body.slice(start..end)) {
            parts.push(part);
        }
        at = end + next.len();
    }
    Ok(parts)
}

/// One part from its header lines; a part without a name is skipped.
fn part(head: &str, body: Bytes) -> Option<Part> {
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: argument(&disposition, "name")?,
        file_name: argument(&disposition, "filename"),
        mime: header("content-type").unwrap_or_default(),
        body,
    })
}

/// The value of `name=` in a header, with or without quotes.
fn argument(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|piece| {
        let (found, value) = piece.trim().split_once('=')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned())
    })
}

/// The position of a mark, from an offset; searches by the first byte, for bodies of many
/// megabytes.
fn find(body: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    let first = *mark.first()?;
    let mut at = from;
    loop {
        at += body.get(at..)?.iter().position(|byte| *byte == first)?;
        if body[at..].starts_with(mark) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::parts;

    #[test]
    fn values_files_and_empty_parts_are_told_apart() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
            --b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"x.jpg\"\r\n\
            Content-Type: image/jpeg\r\n\r\n\r\n--\r\n\r\n--b\r\n\
            Content-Disposition: form-data; name=e\r\n\r\n\r\n--b--\r\n";
        let found = parts("multipart/form-data; boundary=b", &Bytes::from(body)).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].name.as_str(), &found[0].body[..]), ("a", &b"1"[..]));
        assert_eq!(found[1].file_name.as_deref(), Some("x.jpg"));
        assert_eq!(
            (found[1].mime.as_str(), &found[1].body[..]),
            ("image/jpeg", &b"\r\n--\r\n"[..])
        );
        assert!(found[2].body.is_empty());
    }

    #[test]
    fn a_body_without_its_end_is_refused() {
        let body = Bytes::from_static(b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1");
        assert!(parts("multipart/form-data; boundary=b", &body).is_err());
        assert!(parts("multipart/form-data", &body).is_err());
    }
}
