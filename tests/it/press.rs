//! Buttons, pressed by anybody who has them.

use crate::world::{World, prepares_as, sketches, trains};

#[tokio::test]
async fn twenty_presses_on_start_buy_one_training() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = prepares_as(&anna, "training_type_style", "Anna", &sketches()).await;
    let start = format!("start_training_{avatar}");
    let presses: Vec<String> = (0..20).map(|_| anna.presses(&start)).collect();
    for press in &presses {
        anna.sees_answer(press).await;
    }
    anna.sees_text("is ready").await;
    assert_eq!(world.fal.ledger().jobs.len(), 1);
    assert_eq!(world.row("SELECT attempt FROM avatars", &[]).await.get::<_, i32>(0), 1);
    world.close(service).await;
}

#[tokio::test]
async fn somebody_elses_old_and_invented_buttons_change_nothing() {
    let world = World::new().await;
    let service = world.serve().await;
    let anna = world.telegram.person(1, "Anna", "en");
    let avatar = trains(&anna, "Anna").await;
    anna.sees_text("is ready").await;
    let before =
        world.row("SELECT to_jsonb(a)::text FROM avatars a", &[]).await.get::<_, String>(0);

    let mallory = world.telegram.person(2, "Mallory", "en");
    mallory.says("/start");
    mallory.sees_button("create_avatar").await;
    for data in [
        format!("start_training_{avatar}"),
        format!("retry_training_{avatar}"),
        format!("cancel_training_{avatar}"),
        format!("confirm_cancel_training_{avatar}"),
        format!("refresh_training_{avatar}"),
        format!("avatar_generate:{avatar}"),
        format!("avatar_continue_creation:{avatar}"),
        format!("avatar_view_card:{avatar}"),
        format!("avatar_set_main:{avatar}"),
        format!("avatar_rename:{avatar}"),
        format!("avatar_delete:{avatar}"),
        format!("avatar_delete_confirm:{avatar}"),
        format!("avatar_photos:{avatar}"),
        "balance_topup".to_owned(),
        "delete_photo_00000000-0000-0000-0000-000000000000".to_owned(),
        "'; DROP TABLE users; --".to_owned(),
    ] {
        let asked = mallory.presses_raw(&data);
        let answer = mallory.sees_answer(&asked).await;
        assert!(!answer.is_empty(), "{data} got no words");
    }
    let after = world.row("SELECT to_jsonb(a)::text FROM avatars a", &[]).await.get::<_, String>(0);
    assert_eq!(before, after);
    world.close(service).await;
}
