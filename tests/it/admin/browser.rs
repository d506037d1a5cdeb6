//! The page in a real browser. It uses no network: the page is on loopback, and its policy allows
//! nothing else.

use super::{Operator, TOKEN, in_training, world};
use crate::world::{PATIENCE, World, in_order};
use std::path::{Path, PathBuf};
use std::process::Output;
use tokio::process::Command;

/// How long Chromium waits before it renders, in milliseconds: the page's events never end, so it
/// would wait for them for ever.
const SETTLES: &str = "4000";

/// Runs Chromium to its end, with its own profile.
async fn chromium(world: &World, arguments: &[String]) -> Output {
    let profile = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut command = Command::new("chromium");
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
        .args(["--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--timeout={SETTLES}"))
        .args(arguments)
        .arg(format!("http://anybody:{TOKEN}@{}/admin?lang=en", Operator::of(world).address))
        .kill_on_drop(true);
    tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends").unwrap()
}

async fn pictures(world: &World, name: &str, size: &str, dark: bool) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("admin-{name}.png"));
    let mut arguments =
        vec![format!("--screenshot={}", path.display()), format!("--window-size={size}")];
    if dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let output = chromium(world, &arguments).await;
    assert!(path.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

/// How bright a picture is, from 0 to 255.
fn brightness(path: &Path) -> u64 {
    let picture = image::open(path).unwrap().to_luma8();
    let sum: u64 = picture.pixels().map(|pixel| u64::from(pixel.0[0])).sum();
    sum / u64::from(picture.width() * picture.height())
}

#[tokio::test]
async fn a_browser_shows_a_running_training_by_day_by_night_and_on_a_phone() {
    let world = world().await;
    let service = world.serve().await;
    let operator = Operator::of(&world);
    let (anna, avatar) = in_training(&world).await;

    let output = chromium(&world, &["--dump-dom".to_owned()]).await;
    let page = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("Content Security Policy"), "{said}");
    in_order(&page, &["All is well", "Trainings in flight", &avatar, "Outbox", "BotActor"]);

    let light = pictures(&world, "light", "1280,1500", false).await;
    let dark = pictures(&world, "dark", "1280,1500", true).await;
    let phone = pictures(&world, "phone", "500,2400", false).await;
    let (by_day, by_night) = (brightness(&light), brightness(&dark));
    assert!(by_day > 200 && by_night < 80, "{by_day} by day, {by_night} by night");
    assert!(brightness(&phone) > 200);

    operator.confirms(&format!("/admin/avatars/{avatar}/cancel")).await;
    anna.sees_text("is cancelled").await;
    world.close(service).await;
}
