//! Every state against every input, deliberately.

use super::*;
use std::fmt::Write as _;
use uuid::Uuid;

const AVATAR: AvatarId = AvatarId(Uuid::from_u128(0xa));
const OTHER: &str = "00000000-0000-0000-0000-00000000000b";

fn states() -> [(&'static str, Dialogue); 6] {
    [
        ("idle", Dialogue::Idle),
        ("naming", Dialogue::Naming { kind: TrainingType::Style }),
        ("collecting", Dialogue::collecting(AVATAR)),
        ("renaming", Dialogue::Renaming { avatar: AVATAR }),
        ("picturing", Dialogue::picturing(AVATAR, Some(Uuid::from_u128(0xc)))),
        ("wording", Dialogue::Wording { avatar: AVATAR }),
    ]
}

fn press(data: &str) -> Input {
    Input::Button { callback: "press".to_owned(), data: data.to_owned(), message: None }
}

/// Every button with an id.
const WITH_ID: [&str; 24] = [
    "delete_photo_",
    "start_training_",
    "refresh_training_",
    "cancel_training_",
    "confirm_cancel_training_",
    "retry_training_",
    "avatar_generate:",
    "generate_image_",
    "avatar_continue_creation:",
    "avatar_set_main:",
    "avatar_rename:",
    "avatar_rename_cancel:",
    "avatar_delete:",
    "avatar_delete_cancel:",
    "avatar_delete_confirm:",
    "avatar_photos:",
    "gen_menu:",
    "gen_custom:",
    "gen_photo:",
    "gen_surprise:",
    "gen_consent:",
    "gen_start:",
    "gen_cancel:",
    "gen_again:",
];

fn inputs() -> Vec<(String, Input)> {
    let photo = FileRef { id: "f".into(), unique_id: "u".into(), size: None };
    let mut inputs = vec![
        ("a name".to_owned(), Input::Text("Anna".to_owned())),
        ("no name".to_owned(), Input::Text("?".to_owned())),
        ("a photo".to_owned(), Input::Photo(photo)),
        ("something else".to_owned(), Input::Other),
    ];
    for word in [
        "start",
        "generate",
        "avatars",
        "new",
        "gallery",
        "transcribe",
        "language",
        "cancel",
        "help",
        "privacy",
        "forget",
        "balance",
    ] {
        inputs.push((format!("/{word}"), Input::Command(word.to_owned())));
    }
    for word in [
        "main_menu",
        "back_to_main",
        "avatar_menu",
        "avatar_gallery",
        "avatar_help",
        "create_avatar",
        "training_type_portrait",
        "training_type_movie",
        "start_photo_upload",
        "show_photo_gallery",
        "confirm_training_current",
        "language_en",
        "forget_confirm",
        "generation_menu",
        "gen_pack:travel",
        "gen_style:headshot",
        "aspect_ratio:9:16",
        "gen_count:2",
        "gen_subject:woman",
        "balance_topup",
        "",
    ] {
        inputs.push((format!("[{word}]"), press(word)));
    }
    for prefix in WITH_ID {
        inputs.push((format!("[{prefix}…]"), press(&format!("{prefix}{OTHER}"))));
    }
    inputs
}

/// One line per input; what is the same in every state is written once.
#[test]
fn every_input_is_met_in_every_state() {
    let mut table = String::new();
    for (name, input) in inputs() {
        let actions = states().map(|(at, state)| {
            let action = format!("{:?}", decide(&state, &input)).replace(OTHER, "…");
            (at, action.replace(&AVATAR.to_string(), "the draft"))
        });
        let same = actions.iter().all(|(_, action)| *action == actions[0].1);
        if same {
            writeln!(table, "{name:<34} {}", actions[0].1).unwrap();
            continue;
        }
        writeln!(table, "{name}").unwrap();
        for (at, action) in actions {
            writeln!(table, "    {at:<29} {action}").unwrap();
        }
    }
    insta::assert_snapshot!("conversation", table);
}

#[test]
fn a_conversation_survives_its_storage() {
    let told = Untold { over: 1, same: 2, unusable: 3 };
    let counter = Some(MessageId(3));
    let counting = Dialogue::Collecting {
        avatar: AVATAR,
        counter,
        below: 4,
        untold: told,
        contact_sheet: Some(MessageId(5)),
    };
    let wishes = [
        Wish::Menu,
        Wish::Pack("travel".to_owned()),
        Wish::Style("headshot".to_owned()),
        Wish::Surprise,
        Wish::Words,
        Wish::Photo,
        Wish::Said("in a red coat".to_owned()),
    ];
    let asked =
        wishes.map(|wish| Dialogue::Picturing { avatar: AVATAR, order: None, wish: Some(wish) });
    let known = states().map(|(_, state)| state).into_iter().chain([counting]).chain(asked);
    for dialogue in known {
        let stored = serde_json::to_value(&dialogue).unwrap();
        assert_eq!(Dialogue::recalled(Some(&stored)), dialogue);
    }
}

#[test]
fn what_an_older_binary_stored_goes_on() {
    let stored = serde_json::json!({ "at": "collecting", "avatar": AVATAR, "counter": 3 });
    let Dialogue::Collecting { counter, below, untold, .. } = Dialogue::recalled(Some(&stored))
    else {
        panic!("somewhere else")
    };
    assert_eq!((counter, below, untold), (Some(MessageId(3)), 0, Untold::default()));
}

#[test]
fn what_nobody_stored_or_nobody_understands_starts_afresh() {
    let newer = serde_json::json!({ "at": "somewhere_new" });
    assert_eq!(Dialogue::recalled(Some(&newer)), Dialogue::Idle);
    assert_eq!(Dialogue::recalled(None), Dialogue::Idle);
}
