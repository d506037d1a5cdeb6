# Menus
main-menu =
    Hello, { $first_name }! I am Aisha.
    Send me your photos, and I will train an avatar of you: 10 to 20 photos, usually 15 to 60 minutes.
help =
    <b>How it works</b>
    1. Press “Create an avatar” and choose what it is of.
    2. Send { $min_photos } to { $max_photos } good photos.
    3. Start the training and go about your day: I will write when it is done, and also if it does not work out.

    /new — a new avatar
    /generate — pictures with your avatar
    /avatars — your avatars
    /language — change the language
    /privacy — what I keep, and where
    /cancel — leave what you are doing
avatar-menu =
    { $count ->
        [0] You have no avatars yet.
        [one] You have { $count } avatar.
       *[other] You have { $count } avatars.
    }
gallery-empty = You have no avatars yet. Let us make the first one!
choose-language = Which language shall we speak?
language-set = We speak English now.
nothing-to-cancel = There is nothing to leave. Here is the menu.
left = All right, I have put it aside. Your draft is kept.
generate-later = This avatar is trained, but its model file has not come yet. I will write as soon as it is here.
coming-transcribe = Transcription of voice messages is coming soon.
unknown-command = I do not know this command. Here is what I can do: /help
unexpected-text = I did not expect a text here. Press a button, or see /help.
unexpected-photo = A fine picture! To use it, create an avatar first.
unexpected-kind = I cannot use this kind of message here. Send a photo, or see /help.
