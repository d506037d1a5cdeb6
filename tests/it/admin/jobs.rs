//! The operator's page and the metrics, of paid jobs that are no trainings.

use super::{Operator, TOKEN};
use crate::jobs::{ROWS, id};
use crate::world::{Service, World, in_order};

#[tokio::test]
async fn jobs_of_another_kind_stand_on_the_page_and_in_the_metrics_beside_the_trainings() {
    let world = World::new().await.with("AISHA_ADMIN_TOKEN", TOKEN);
    world.rows.batch_execute(ROWS).await.unwrap();
    // Nobody who would work on them.
    let service = Service::start_as(&world.environment, &["serve", "--roles", "api"]);
    service.ready(world.public).await;
    let operator = Operator::of(&world);

    let metrics = operator.sees("/metrics").await;
    for words in [
        "aisha_trainings{kind=\"generation\",state=\"working\"} 1",
        "aisha_trainings{kind=\"generation\",state=\"queue\"} 1",
        "aisha_trainings{kind=\"generation\",state=\"checking\"} 1",
        "aisha_trainings{kind=\"generation\",state=\"fetching\"} 1",
        "aisha_trainings{kind=\"training\",state=\"working\"} 0",
        "aisha_trainings{kind=\"other\",state=\"working\"} 0",
        "aisha_trainings_unwatched{kind=\"generation\"} 4",
        "aisha_trainings_unwatched{kind=\"training\"} 0",
        "aisha_trainings_overdue{kind=\"generation\"} 1",
        "aisha_trainings_parked{kind=\"generation\"} 1",
        "aisha_submits_unknown{kind=\"generation\"} 1",
        "aisha_result_missing{kind=\"generation\"} 1",
        "aisha_webhook_inbox_unprocessed{kind=\"generation\"} 1",
    ] {
        assert!(metrics.lines().any(|line| line == words), "no «{words}» in\n{metrics}");
    }

    let page = operator.sees("/admin?lang=en").await;
    in_order(
        &page,
        &[
            "Paid jobs that no instance watches: 4",
            "Submits that FAL may or may not have: 1",
            "Paid jobs that take far longer than is typical: 1",
            "the process died while it worked on them: 1",
            "Stored webhooks that no instance acts on: 1",
            "No trainings right now",
            "Other jobs in flight",
            "pictures, ",
            &format!("/admin/jobs/{}", id(1)),
            "overdue",
            "NOBODY",
        ],
    );
    let page = operator.sees("/admin?lang=ru").await;
    in_order(&page, &["За заданиями никто не следит: 4", "Другие задания", "картинки", "в работе"]);
    assert!(!page.contains("words of the person"), "{page}");

    // The search form takes the id of either.
    let found = operator.asks(&format!("/admin/avatars/{}", id(5))).send().await.unwrap();
    assert_eq!(found.status(), 303);
    let place = found.headers()["Location"].to_str().unwrap().to_owned();
    let page = operator.sees(&place).await;
    in_order(&page, &["pictures, completed", "r-done", "nothing is pending", "told «pictures»"]);
    let looked = operator.confirms(&format!("/admin/jobs/{}/recheck", id(1))).await;
    assert!(looked.ends_with("told=unwatched"), "{looked}");
    let place = operator.confirms(&format!("/admin/jobs/{}/cancel", id(1))).await;
    let page = operator.sees(&place).await;
    in_order(&page, &["tells its owner", "pictures, cancelled", "still to be told", "CANCELLED"]);
    let place = operator.confirms(&format!("/admin/jobs/{}/cancel", id(5))).await;
    assert!(place.ends_with("told=job-not-running"), "{place}");
    for path in [&format!("/admin/jobs/{}/cancel", id(2)), "/admin/jobs/x", "/admin/jobs/1/dance"] {
        let stranger = operator.posts(path, "").await.status();
        assert!([403, 404, 405].contains(&stranger.as_u16()), "{path}: {stranger}");
    }
    let missing = "/admin/jobs/00000000-0000-4000-8000-0000000000ff";
    assert_eq!(operator.asks(missing).send().await.unwrap().status(), 404);
    service.stop().await;
}
