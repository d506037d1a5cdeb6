//! The stand-ins, judged by the official clients of the real services.

use std::process::Stdio;
use tokio::process::Command;

/// A Python with the packages of `tests/standins/judges/requirements.txt`.
const PYTHON: &str = "AISHA_TEST_PYTHON";

async fn judged_by(script: &str, arguments: &[String]) {
    let python = std::env::var_os(PYTHON).unwrap_or_else(|| {
        panic!("{PYTHON} names no Python with the judges' packages; run the tests by `make test`")
    });
    let path = format!("{}/tests/standins/judges/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(path)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the judge starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the judge found a difference:\n{told}");
}

#[tokio::test]
async fn the_official_python_client_of_fal_cannot_tell_the_stand_in_from_fal() {
    let fal = standins::fal::Fal::start(standins::fal::Options::default()).await.unwrap();
    // Slow enough for a client that polls twenty times a second to see each position in the queue,
    // even on a busy machine.
    fal.set(|settings| {
        settings.queue = std::time::Duration::from_secs(1);
        settings.training = std::time::Duration::from_secs(1);
    });
    judged_by("fal_judge.py", &[fal.url().to_owned(), fal.key().to_owned()]).await;
    fal.stop().await;
}

#[tokio::test]
async fn the_official_python_client_of_openai_cannot_tell_the_stand_in_from_openai() {
    let server = standins::openai::OpenAi::start().await.unwrap();
    judged_by("openai_judge.py", &[server.url().to_owned(), server.key().to_owned()]).await;
    server.stop().await;
}

#[tokio::test]
async fn aiogram_cannot_tell_the_stand_in_from_telegram() {
    // Built beside the tests; the judge starts it and controls its people.
    let directory = std::path::Path::new(env!("CARGO_BIN_EXE_aisha")).parent().unwrap();
    let server = directory.join("examples/telegram_standin").display().to_string();
    judged_by("telegram_judge.py", &[server]).await;
}
