# Everything that Aisha says in English. Same keys and placeholders as ru.ftl.

## Menus
main-menu =
    Hello, { $first_name }! I am Aisha.
    Send me your photos, and I will train an avatar of you: 10 to 20 photos, usually 15 to 60 minutes.
help =
    <b>How it works</b>
    1. Press “Create an avatar” and choose what it is of.
    2. Send { $min_photos } to { $max_photos } good photos.
    3. Start the training and go about your day: I will write when it is done, and also if it does not work out.

    /new — a new avatar
    /avatars — your avatars
    /language — Русский, English
    /cancel — leave what you are doing
avatar-menu =
    { $count ->
        [0] You have no avatars yet.
        [one] You have { $count } avatar.
       *[other] You have { $count } avatars.
    }
gallery-empty = You have no avatars yet. Let us make the first one!
gallery-title = Your avatars:
choose-language = Which language shall we speak?
language-set = We speak English now.
nothing-to-cancel = There is nothing to leave. Here is the menu.
left = All right, I have put it aside. Your draft is kept.
coming-generation = Pictures with your avatar are coming soon. The avatar is safe and waits for them.
generate-later = This avatar is trained, but its model file has not come yet. I will write as soon as it is here.
coming-gallery = The gallery of pictures is coming soon.
coming-transcribe = Transcription of voice messages is coming soon.
coming-forget = Deleting everything about you by a command is coming soon. Until then, write to the operator of this bot.
unknown-command = I do not know this command. Here is what I can do: /help
unexpected-text = I did not expect a text here. Press a button, or see /help.
unexpected-photo = A fine picture! To use it, create an avatar first.
unexpected-kind = I cannot use this kind of message here. Send a photo, or see /help.

## Buttons
button-create = ➕ Create an avatar
button-avatars = 🖼 My avatars
button-help = ❔ How it works
button-back = ⬅️ Back
button-menu = 🏠 Menu
button-portrait = 🙂 A person
button-style = 🎨 A style
button-object = 📦 A thing or an animal
button-upload = 📷 Send photos
button-photos = 👀 My photos ({ $count })
button-delete-photo = 🗑 Photo { $number }
button-confirm = ✅ That is all
button-start = 🚀 Start the training
button-refresh = 🔄 How far is it?
button-cancel = ✖️ Cancel the training
button-cancel-yes = Yes, cancel it
button-cancel-no = No, go on
button-retry = 🔁 Try again
button-generate = ✨ Make pictures

## Creating
choose-type =
    What shall the avatar be of?

    🙂 <b>A person</b> learns a face. { $min_photos }–{ $max_photos } photos of one person.
    🎨 <b>A style</b> learns a way of drawing, whatever is drawn.
    📦 <b>A thing or an animal</b> learns how it looks from all sides.
ask-name-portrait =
    A person: photos of one face, alone, from several sides and in different light. No sunglasses, no filters.

    What shall the avatar be called? 2 to 50 characters.
ask-name-style =
    A style: pictures drawn the same way, with different things on them.

    What shall the avatar be called? 2 to 50 characters.
ask-name-object =
    A thing or an animal: photos from all sides, on different backgrounds.

    What shall the avatar be called? 2 to 50 characters.
name-wrong = A name has 2 to 50 characters. Please write another one.
name-expected = First the name, please: write it as a text of 2 to 50 characters, or leave with /cancel.
draft-made =
    “{ $name }” it is. Now the photos: { $min_photos } to { $max_photos } of them.
send-photos =
    Send me { $min_photos } to { $max_photos } photos of “{ $name }”: one by one, as an album, or as files, which keeps the best quality.

    They should be sharp and at least { $resolution } pixels on the shorter side.
no-draft = There is no avatar being made just now. Let us begin a new one.
photo-count =
    { $count ->
        [one] { $count } photo
       *[other] { $count } photos
    } of { $max_photos } for “{ $name }”.
photo-need =
    { $missing ->
        [one] { $missing } more, please.
       *[other] { $missing } more, please.
    }
photo-enough = That is enough to start; more are welcome.
photo-full = That is all I can take.
photo-duplicate = I have this very photo already.
photo-over = There is room for { $max_photos } photos, so this one was not taken.
photo-unreadable = I could not read this file. Send a JPEG, PNG or WebP photo.
photo-heic = I cannot read HEIC. Send the picture as a photo instead of a file, or convert it to JPEG.
photo-small = This photo has { $have } pixels on its shorter side, { $want } are needed. Send it as a file, or a larger one.
photo-pixels = This photo has too many pixels for me. Send it as a photo instead of a file.
photo-large = This file is larger than { $megabytes } MB. Send it as a photo instead of a file.
photo-later = I could not get this photo from Telegram just now. Please send it again.
photos-title = Photos of “{ $name }”. Press one to remove it.
photo-removed = Removed.
summary =
    <b>{ $name }</b>
    { $type }, { $count ->
        [one] { $count } photo
       *[other] { $count } photos
    }.

    The training usually takes 15 to 60 minutes and cannot be changed once it runs. Start?
type-portrait = A person
type-style = A style
type-object = A thing or an animal
too-few =
    { $missing ->
        [one] { $missing } more photo is needed.
       *[other] { $missing } more photos are needed.
    }

## Training
training = <b>{ $name }</b> is being trained.
training-queue =
    { $position ->
        [0] Next in the queue.
       *[other] In the queue, { $position } before it.
    }
training-percent = About { $percent } % done.
training-working = It usually takes 15 to 60 minutes.
training-fetching = The training is over; its result is being fetched.
training-promise = I will write when it is done. Nothing is lost if you leave this chat.
already-training = It is being trained already.
ask-cancel =
    Cancel the training of “{ $name }”?

    I will ask FAL to stop. What it has already done may still be billed, and it cannot be resumed.
cancelling = Cancelled.
not-training = It is not being trained.
not-startable = This avatar cannot be started now.
status-draft = draft
status-training = being trained
status-completed = ready
status-error = did not work out
status-cancelled = cancelled

## Notices
notice-ready =
    🎉 Your avatar “{ $name }” is ready!

    It is kept safe with us.
notice-failed =
    😔 The training of “{ $name }” did not work out.

    { $reason }
notice-cancelled =
    The training of “{ $name }” is cancelled.

    FAL was asked to stop; what it had already done may still be billed. Your photos are kept, so you can start again.
notice-delayed =
    ⏳ The training of “{ $name }” is over, but its result is slow to come.

    I go on fetching it until { $until } and will write as soon as it is here. You need not do anything.
notice-placeholder =
    ⏳ “{ $name }” is trained, but its model file has not come yet.

    I go on fetching it and will write when the avatar can be used.
reason-too_few_photos = The trainer found too few usable photos. Add some and try again.
reason-too_many_photos = These are more photos than the trainer takes. Remove some and try again.
reason-bad_archive = The trainer could not read the photos. Try again: they are still here.
reason-bad_photo = One of the photos could not be read. Remove the odd one and try again.
reason-photo_too_small = One of the photos is too small. Replace it with a larger one and try again.
reason-photo_too_large = The photos are too heavy. Send them as photos instead of files and try again.
reason-no_face = No face was found. Take photos where the face is large and in the light, and try again.
reason-content_policy = The photos were refused by the content policy. Use other photos.
reason-training_timeout = It took longer than a day, so I gave up and asked FAL to stop. Your photos are kept: try again.
reason-result_unavailable = FAL finished, but its result could not be fetched. Your photos are kept: try again.
reason-trainer_down = FAL's machines could not do it just now; your photos are fine and kept. Try again in an hour.
reason-stopped = The training was stopped at FAL. Your photos are kept: try again.
reason-our_mistake = I asked the trainer for something it cannot do: that is our mistake. Your photos are kept; please write to the operator of this bot.
reason-other = Something went wrong at the trainer. Your photos are kept: try again.

## Short answers
toast-gone = This button no longer works. Press /start for the menu.
toast-not-yours = There is no such avatar of yours.
toast-started = Started!
toast-leaving = FAL is just being told to stop the last one. Try again in a minute.
