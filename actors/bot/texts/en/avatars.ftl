# Avatars that one has
avatar-card =
    <b>{ $name }</b>
    { $type } · { $status }
avatar-main = ⭐ Your main avatar
avatar-photos =
    { $count ->
        [one] 📷 { $count } photo
       *[other] 📷 { $count } photos
    }
avatar-created = Begun on { $date }
avatar-completed = Ready since { $date }
avatar-main-set = This is your main avatar now.
avatar-not-usable = Only an avatar that is ready can be the main one.
avatar-not-reopenable = The photos of this avatar cannot be changed now.
avatar-reopened = The photos of “{ $name }” can be changed again: add some, or remove the odd ones.
avatar-ask-name = What shall “{ $name }” be called from now on? Write 2 to 50 characters. /cancel keeps the name.
avatar-name-kept = The name stays as it is.
avatar-ask-delete =
    Delete “{ $name }” for good?

    Its photos and its model will be removed and cannot be brought back.
avatar-ask-delete-training = It is being trained just now: I will ask FAL to stop. What it has already done may still be billed.
avatar-deleted = Deleted. Its photos and its model are being removed.
button-continue = ✏️ Go on with it
button-rename = 🏷 Rename
button-delete = 🗑 Delete
button-delete-yes = Yes, delete it
button-delete-no = No, keep it
button-set-main = ⭐ Make it the main one
button-other-photos = 📷 Change the photos
