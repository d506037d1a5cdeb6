//! Attempts to make the mirror read what is not FAL's. All but the first few are refused.

use super::*;
use crate::mirror::address::is_public;
use crate::mirror::host::Refusal;

fn hosts(configured: &[&str]) -> AllowedHosts {
    AllowedHosts::new(configured.iter().map(|url| Url::parse(url).unwrap()))
}

#[test]
fn files_of_fal_are_followed() {
    let allowed =
        hosts(&["https://queue.fal.run", "https://rest.fal.ai:8443", "http://127.0.0.1:9"]);
    for url in [
        "https://fal.media/files/lora.safetensors",
        "https://v3.fal.media/files/b/lora.safetensors?x=1#part",
        "https://V3B.FAL.MEDIA:443/files/lora",
        "https://queue.fal.run/file",
        "https://rest.fal.ai/file",
        "https://rest.fal.ai:8443/file",
        "http://127.0.0.1:45678/file",
        "http://0x7f.1:45678/file", // the same host in another spelling
    ] {
        assert!(allowed.read(url).is_ok(), "{url}");
    }
}

/// With the hosts of an installation without stand-ins.
#[test]
fn about_forty_ways_around_the_list_are_refused() {
    use Refusal::{Host, NotAnAddress, Port, Private, Scheme, UserInfo};
    let allowed = hosts(&["https://queue.fal.run", "https://10.0.0.5", "https://[fd00::5]"]);
    let attempts = [
        ("", NotAnAddress),
        ("fal.media/lora", NotAnAddress),
        ("//fal.media/lora", NotAnAddress),
        ("https://", NotAnAddress),
        ("file:///etc/passwd", NotAnAddress),
        ("data:application/octet-stream,x", NotAnAddress),
        ("http://fal.media/lora", Scheme),
        ("http://queue.fal.run/lora", Scheme),
        ("ftp://fal.media/lora", Scheme),
        ("gopher://fal.media:443/lora", Scheme),
        ("https://user@fal.media/lora", UserInfo),
        ("https://:secret@fal.media/lora", UserInfo),
        ("https://fal.media@evil.example/lora", UserInfo),
        ("https://fal.media:x@evil.example/lora", UserInfo),
        ("https://fal.media:22/lora", Port),
        ("https://fal.media:8443/lora", Port),
        ("https://queue.fal.run:5432/lora", Port),
        ("https://evil.example/fal.media", Host),
        ("https://evil.example/?https://fal.media/", Host),
        ("https://evil.example#@fal.media", Host),
        ("https://evil.example\\@fal.media/", Host),
        ("https://fal.media.evil.example/", Host),
        ("https://fal.media%2eevil.example/", Host),
        ("https://fal.media。evil.example/", Host),
        ("https://evilfal.media/", Host),
        ("https://fal.media./", Host),
        ("https://ｆal.mediа/", Host), // the last letter is Cyrillic
        ("https://fal.run/", Host),
        ("https://evil.queue.fal.run/", Host),
        ("https://localhost/", Host),
        ("https://127.0.0.1/", Host),
        ("https://2130706433/", Host),
        ("https://0177.0.0.1/", Host),
        ("https://0x7f000001/", Host),
        ("https://127.1/", Host),
        ("https://0/", Host),
        ("https://[::1]/", Host),
        ("https://[::]/", Host),
        ("https://[::ffff:127.0.0.1]/", Host),
        ("https://[::ffff:7f00:1]/", Host),
        ("https://169.254.169.254/latest/meta-data/", Host),
        ("https://metadata.google.internal/", Host),
        ("https://10.0.0.5/", Private),
        ("https://[fd00::5]/", Private),
        ("https://placeholder.fal.invalid/", Host),
    ];
    for (url, refusal) in attempts {
        assert_eq!(allowed.read(url).unwrap_err(), refusal, "{url}");
    }
}

#[test]
fn a_stand_in_opens_no_other_door() {
    let allowed = hosts(&["http://127.0.0.1:9000", "https://queue.fal.invalid"]);
    for url in [
        "http://127.0.0.2:9000/",
        "http://localhost:9000/",
        "http://[::1]:9000/",
        "http://[::ffff:127.0.0.1]:9000/",
        "http://fal.media/",
        "http://user@127.0.0.1:9000/",
        "ftp://127.0.0.1:9000/",
        "https://queue.fal.invalid/",
    ] {
        assert!(allowed.read(url).is_err(), "{url}");
    }
}

#[test]
fn only_addresses_of_the_internet_are_public() {
    let table = [
        ("151.101.2.132", true),
        ("8.8.8.8", true),
        ("172.15.255.255", true),
        ("172.32.0.1", true),
        ("100.63.255.255", true),
        ("223.255.255.255", true),
        ("2606:4700::1111", true),
        ("2001:4860:4860::8888", true),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("100.64.0.1", false),
        ("100.100.100.200", false),
        ("127.8.8.8", false),
        ("169.254.169.254", false),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("192.0.0.8", false),
        ("192.0.2.1", false),
        ("192.88.99.1", false),
        ("192.168.1.1", false),
        ("198.18.0.1", false),
        ("198.19.255.255", false),
        ("203.0.113.9", false),
        ("224.0.0.1", false),
        ("240.0.0.1", false),
        ("255.255.255.255", false),
        ("::", false),
        ("::1", false),
        ("::ffff:8.8.8.8", false),
        ("::8.8.8.8", false),
        ("64:ff9b::a00:1", false),
        ("64:ff9b:1::1", false),
        ("100::1", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("2002:a00:1::", false),
        ("3fff::1", false),
        ("fc00::1", false),
        ("fd00:ec2::254", false),
        ("fe80::1", false),
        ("fec0::1", false),
        ("ff02::1", false),
    ];
    for (address, public) in table {
        assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
    }
}

#[tokio::test]
async fn a_name_of_fals_that_points_into_our_network_is_never_connected_to() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let url = format!("https://files.example:{}/lora", disk.address.port());
    let allowed = hosts(&[&url]);
    let inward: resolver::Lookup =
        |_| Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()]) });
    let mirror = world.mirror(Arc::new(world.store.clone()), allowed, inward);
    let answer = mirror.store(AvatarId(Uuid::from_u128(7)), 1, &only(&FileUrl(url.into()))).await;
    assert_missing(&answer, MissingReason::DownloadFailed, "no address that may be connected to");
    assert_eq!(disk.visits(), 0);
}

#[tokio::test]
async fn a_stand_in_by_name_is_only_reached_on_loopback() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let url = format!("http://localhost:{}/lora", disk.address.port());
    for (lookup, reached) in [
        (
            (|_| Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) })) as resolver::Lookup,
            true,
        ),
        (|_| Box::pin(async { Ok(vec!["8.8.8.8".parse().unwrap()]) }), false),
    ] {
        let mirror = world.mirror(Arc::new(world.store.clone()), hosts(&[&url]), lookup);
        let file = FileUrl(url.clone().into());
        let answer = mirror.store(AvatarId(Uuid::from_u128(7)), 1, &only(&file)).await;
        assert_eq!(matches!(answer, StoreAnswer::Stored(_)), reached, "{answer:?}");
    }
}

#[tokio::test]
async fn three_redirects_within_fal_are_followed_and_not_a_fourth() {
    let disk = FalDisk::serving(|path| match path.strip_prefix("/hop/") {
        Some("0") | None => file(&weights()),
        Some(left) => {
            let next = left.parse::<u8>().unwrap() - 1;
            vec![head("307 Temporary Redirect", &format!("Location: /hop/{next}\r\n"))]
        }
    })
    .await;
    let world = World::new().await;
    assert!(matches!(world.hold(&disk.url("/hop/3")).await, StoreAnswer::Stored(_)));
    let answer = world.hold(&disk.url("/hop/4")).await;
    assert_missing(&answer, MissingReason::DownloadFailed, "more than 3 redirects");
}

#[tokio::test]
async fn a_redirect_out_of_fal_is_refused_before_it_is_followed() {
    let inside = FalDisk::serving(|_| file(&weights())).await;
    let port = inside.address.port();
    let disk = FalDisk::serving(move |path| {
        let place = match path {
            "/elsewhere" => format!("http://localhost:{port}/"),
            "/metadata" => "http://169.254.169.254/latest/meta-data/".to_owned(),
            "/user" => format!("http://user@127.0.0.1:{port}/"),
            "/scheme" => "file:///etc/passwd".to_owned(),
            _ => "//evil.example/".to_owned(),
        };
        vec![head("302 Found", &format!("Location: {place}\r\n"))]
    })
    .await;
    let world = World::new().await;
    for path in ["/elsewhere", "/metadata", "/user", "/scheme", "/relative"] {
        let answer = world.hold(&disk.url(path)).await;
        assert_missing(&answer, MissingReason::UrlRefused, "redirected to");
    }
    assert_eq!(inside.visits(), 0);
    assert_eq!(world.leftovers(), 0);
}

#[tokio::test]
async fn a_refused_address_costs_no_visit() {
    let disk = FalDisk::serving(|_| file(&weights())).await;
    let world = World::new().await;
    let url = format!("http://localhost:{}/lora", disk.address.port());
    let answer = world.hold(&FileUrl(url.into())).await;
    assert_missing(&answer, MissingReason::UrlRefused, "not FAL's");
    assert_eq!(disk.visits(), 0);
}
