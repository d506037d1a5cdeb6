//! `aisha doctor` and `aisha check-config`, as an operator on the server runs them.

use crate::world::World;
use crate::world::in_order;
use serde_json::Value;

/// The lines of one name.
fn about<'a>(checks: &'a Value, name: &str) -> Vec<&'a Value> {
    checks["checks"].as_array().unwrap().iter().filter(|check| check["name"] == name).collect()
}

#[tokio::test]
async fn where_everything_answers_the_doctor_has_nothing_to_do() {
    let world = World::new().await;
    let service = world.serve().await;
    let said = world.prints(&["doctor"]).await;
    in_order(
        &said,
        &[
            "ok       PostgreSQL",
            "round trip",
            "ok       schema",
            "ok       object store",
            "knows our key",
            "ok       FAL's signatures",
            "leads to an aisha",
            "we are @",
            "no webhook is set",
            "ok       data directory",
            "open files",
        ],
    );
    assert!(!said.contains("PROBLEM"), "{said}");
    for secret in ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY"] {
        assert!(!said.contains(&world.environment[secret]), "{secret} is not shown");
    }
    assert!(
        !world.data("objects/doctor").exists()
            || std::fs::read_dir(world.data("objects/doctor")).unwrap().next().is_none(),
        "the object is gone"
    );
    world.close(service).await;
}

#[tokio::test]
async fn everything_that_fails_is_told_at_once_with_what_to_do() {
    let world = World::new()
        .await
        .with("FAL_API_KEY", "wrong:key")
        .with("TELEGRAM_BOT_TOKEN", "1:wrong")
        .with("DATABASE_URL", "postgresql://aisha:geheim@127.0.0.1:1/aisha")
        .with("MINIO_ENDPOINT", "127.0.0.1:1")
        .with("MINIO_ACCESS_KEY", "key")
        .with("MINIO_SECRET_KEY", "geheim2");
    let said = world.says(&["doctor", "--json"]).await;
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    let checks: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(checks["ok"], false);
    for name in ["PostgreSQL", "object store", "FAL", "webhook address", "Telegram"] {
        let problem = about(&checks, name).into_iter().find(|check| check["state"] == "problem");
        let problem = problem.unwrap_or_else(|| panic!("{name} in {checks}"));
        assert!(problem["remedy"].as_str().is_some_and(|remedy| remedy.len() > 10), "{problem}");
    }
    assert!(!said.out.contains("geheim") && !said.out.contains("wrong:key"), "{}", said.out);
}

#[tokio::test]
async fn the_doctor_of_a_fresh_machine_makes_no_database() {
    let mut world = World::new().await;
    world.environment.remove("DATABASE_URL");
    for name in ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY"] {
        world.environment.remove(name);
    }
    let said = world.says(&["doctor"]).await;
    assert_eq!(said.code, 1);
    in_order(
        &said.out,
        &[
            "there is none under",
            "`aisha serve` makes one",
            "FAL_API_KEY is missing",
            "TELEGRAM_BOT_TOKEN is missing",
            "@BotFather",
        ],
    );
    assert!(!world.data("postgres").exists());
}

#[tokio::test]
async fn a_name_with_a_slip_is_met_with_the_one_that_was_meant() {
    let world = World::new()
        .await
        .with("FAL_WEBHOK_URL", "https://a.example/webhooks/fal")
        .with("TELEGRAM_DEV_TOKEN", "x")
        .with("AISHA_LISTENN", "127.0.0.1:1");
    let said = world.says(&["check-config"]).await;
    assert_eq!(said.code, 2);
    for meant in [
        "FAL_WEBHOK_URL: aisha does not know this name",
        "write FAL_WEBHOOK_URL",
        "write AISHA_LISTEN,",
    ] {
        assert!(said.err.contains(meant), "{}", said.err);
    }
    let mut world = world;
    world.environment.remove("FAL_WEBHOK_URL");
    world.environment.remove("AISHA_LISTENN");
    let said = world.prints(&["check-config"]).await;
    in_order(&said, &["note: TELEGRAM_DEV_TOKEN belongs to the older Aisha", "is fine"]);
}

#[tokio::test]
async fn every_value_that_can_be_wrong_is_told_in_one_go() {
    const WRONG: [&str; 31] = [
        "DATABASE_URL",
        "DB_POOL_SIZE",
        "AISHA_LISTEN",
        "AISHA_ADMIN_LISTEN",
        "TELEGRAM_API_URL",
        "TELEGRAM_WEBHOOK_URL",
        "FAL_QUEUE_URL",
        "FAL_REST_URL",
        "FAL_PLATFORM_URL",
        "FAL_WEBHOOK_URL",
        "FAL_WEBHOOK_VERIFY",
        "FAL_TRAINING_TEST_MODE",
        "FAL_MOCK_TRAINING_DURATION",
        "FAL_STATUS_CHECK_INTERVAL",
        "FAL_FIRST_CHECK_DELAY",
        "FAL_TRAINING_TIMEOUT",
        "RECOVERY_INTERVAL",
        "COMPLETENESS_CHECK_DELAY",
        "FAL_REQUESTS_PER_SECOND",
        "LEASE_SECONDS",
        "FAL_DEFAULT_ITERATIONS",
        "NOTIFY_UNCERTAIN",
        "RESULT_FALLBACK",
        "AVATAR_MIN_PHOTOS",
        "AVATAR_MAX_PHOTOS",
        "PHOTO_MAX_SIZE",
        "PHOTO_MIN_RESOLUTION",
        "MINIO_SECURE",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "AISHA_CONFIG",
    ];
    let mut world = World::new().await.with("MINIO_ENDPOINT", "127.0.0.1:9000");
    for name in WRONG {
        world = world.with(name, "wrong");
    }
    for name in ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY"] {
        world.environment.remove(name);
    }
    let said = world.says(&["check-config", "--json"]).await;
    assert_eq!(said.code, 2);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    let told: Vec<&str> =
        answer["mistakes"].as_array().unwrap().iter().filter_map(|m| m["name"].as_str()).collect();
    let missing = ["TELEGRAM_BOT_TOKEN", "FAL_API_KEY", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"];
    for name in WRONG.iter().chain(&missing) {
        assert!(told.contains(name), "{name} is not among {told:?}");
    }
}

#[tokio::test]
async fn help_teaches_at_every_level() {
    let world = World::new().await;
    for (arguments, taught) in [
        (&["--help"][..], "Take over the database"),
        (&["db", "--help"], "aisha db verify > mend.sql"),
        (&["db", "verify", "--help"], "Exit code 0: no difference"),
        (&["db", "reset", "--help"], "Objects (photos, weights) are not touched"),
        (&["webhooks", "--help"], "aisha webhooks replay 1042"),
        (&["webhooks", "replay", "--help"], "Safe to repeat"),
        (&["doctor", "--help"], "nothing is bought"),
        (&["import", "--help"], "never bought again"),
    ] {
        let help = world.prints(arguments).await;
        assert!(help.contains(taught), "{help}");
    }
}
