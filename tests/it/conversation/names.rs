//! Names as people write them.

use super::world;

#[tokio::test]
async fn any_name_is_shown_as_it_was_written() {
    let world = world().await;
    let service = world.serve().await;
    let families = "👨‍👩‍👧‍👦".repeat(50);
    let long = "Ы".repeat(50);
    for (n, name) in
        (1..).zip(["A_b*[c<&", "<b>Anna</b> &amp; \"co\"", "محمد", "{ $name }", &families, &long])
    {
        let person = world.telegram.person(n, "\u{202e}<i>Mallory", "en");
        person.says("/new");
        person.sees_button("training_type_object").await;
        let asked = person.presses("training_type_object");
        person.sees_answer(&asked).await;
        for wrong in ["x", "\u{3164}\u{3164}\u{3164}", &"x".repeat(51)] {
            let mark = person.mark();
            person.says(wrong);
            let refused = |chat: &standins::telegram::Chat| {
                chat.since(mark).find(|m| m.text.contains("2 to 50 characters")).map(|_| ())
            };
            person.sees("a refusal", refused, crate::world::PATIENCE).await;
        }
        person.says(name);
        let made = person.sees_text("it is. Now the photos").await;
        assert!(made.text.contains(&format!("“{name}”")), "{}", made.text);
        let stored = world
            .row("SELECT name FROM avatars ORDER BY created_at DESC LIMIT 1", &[])
            .await
            .get::<_, String>(0);
        assert_eq!(stored, name);
    }
    world.close(service).await;
}
