# Pictures: what to make
pictures-menu =
    ✨ <b>{ $name }</b>: what shall we make?

    The first button starts right away. Or pick a style, or just write what you'd like to see.
pictures-unfinished = “{ $name }” isn't ready yet. You can make pictures once it is trained.
pictures-no-generator =
    “{ $name }” was trained somewhere else, and I can't make pictures with it.

    Choose another avatar, or create a new one.
pictures-left = Okay, another time. To come back to pictures: /generate
pictures-no-avatar = Pictures need a finished avatar. Shall we make one?
pictures-pack =
    { $emoji } <b>{ $title }</b>

    Which style do you like?
pictures-style =
    <b>{ $title }</b>

    { $name }, { $shape }, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }.
pictures-surprise =
    🎲 How about “{ $title }”?

    { $name }, { $shape }, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }.
pictures-words =
    ✍️ This is what I'll make:

    <blockquote>{ $title }</blockquote>

    { $name }, { $shape }, { $count ->
        [one] { $count } picture
       *[other] { $count } pictures
    }. To change it, just send a new description.
pictures-words-english = 💡 Descriptions in English work best. Other languages work too, but details may get lost.
pictures-words-told =
    In English, this is what I'll draw from:

    <blockquote>{ $words }</blockquote>
pictures-words-away = 💬 I couldn't translate this right now, so I'm taking your words as they are.
pictures-words-many = 💬 That's enough translations for today, so I'm taking your words as they are.
pictures-declined = I can't help with this one. Please describe the picture differently.
pictures-ask-words =
    ✍️ Describe the picture: clothes, place, light, mood. { $fewest }–{ $most } characters.

    For example: “in a red coat on a snowy street, evening, warm street lights”. No need to describe the face, I know it.
pictures-ask-words-style =
    ✍️ What should I draw in this style? { $fewest }–{ $most } characters.

    For example: “a lighthouse on a cliff, sunset, big waves”.
pictures-ask-words-object =
    ✍️ Describe the picture: where it is, what is around it, the light. { $fewest }–{ $most } characters.

    For example: “on a wooden table by the window, morning, soft light”.
pictures-words-short = That's a little short. Tell me a bit more about the picture, a few words will do.
pictures-words-expected = I'm waiting for a description in words. Changed your mind? /cancel
pictures-words-long =
    { $most ->
        [one] That's too long: I can take { $most } character. Please shorten it.
       *[other] That's too long: I can take { $most } characters. Please shorten it.
    }
pictures-photo-off =
    📷 I can't make pictures from a photo yet: I have nothing to look at it with.

    Describe what it shows right here in words, that works just as well.
pictures-ask-photo =
    📷 Send me a photo you like. I'll put its scene, clothes, pose and light into words and make something similar with your avatar.

    I don't take the face from that photo, and I don't keep it.
pictures-photo-away =
    📷 I couldn't look at the photo just now. Please send it again a little later.

    Or describe what it shows right here in words, that works just as well.
pictures-photo-blind =
    📷 I have nothing to look at photos with here.

    Describe what it shows right here in words, that works just as well.
pictures-photo-many =
    📷 That's all the photos I can look at in 24 hours.

    Describe what it shows right here in words, that works just as well.
pictures-toast-order-gone = This choice is out of date. Open /generate
pictures-toast-before = These pictures are already ordered.
pictures-toast-again = Started! The new pictures will come below.
pictures-toast-like = Started! Pictures like this one will come below.
pictures-toast-cancelled = Stopped.
pictures-toast-over = Nothing to stop: these pictures are finished.
pictures-toast-no-price = I can't make pictures with this avatar right now: that's our mistake. Please try later.

# Pictures: what is asked once
pictures-ask-subject = Who is in the photos of “{ $name }”? I only ask once: body and clothes depend on it.
pictures-ask-subject-object = What is “{ $name }”? I only ask once: it makes the pictures more accurate.
pictures-subject-man = 👨 A man
pictures-subject-woman = 👩 A woman
pictures-subject-person = 🙂 Just a person
pictures-subject-object = 📦 An object
pictures-subject-dog = 🐶 A dog
pictures-subject-cat = 🐱 A cat
pictures-subject-animal = 🐾 Another animal
pictures-subject-set = Got it.
pictures-consent-ask =
    Before we start: whose face does “{ $name }” have?

    By pressing the button you confirm: <b>this is me, or I have the consent of the person in the photos, who is at least 18</b>.

    I only ask once. You can withdraw your consent at any time by deleting the avatar.
pictures-consent-given = Thank you! Let's go on.

# Pictures: what I do not make
pictures-refused-minor = I don't make pictures of children or teenagers. Please describe something else.
pictures-refused-sexual = I don't make explicit pictures: they show real people. Please describe something else.
pictures-refused-hate = I don't make pictures with hate symbols or slurs. Please describe something else.
pictures-refused-public-figure = I don't make pictures of well-known people: nobody asked them. Please describe something else.
pictures-refused-again = After several descriptions like this, pictures are put on hold.
pictures-paused =
    ⏸ Several descriptions in a row broke the rules, so your pictures are on hold for now.

    We'll take a look and decide what happens next. You keep your avatars and the pictures you have.

# Pictures: how many
pictures-limit-person-alone =
    { $most ->
        [one] You can make { $most } picture in 24 hours, and this is more. Please choose fewer.
       *[other] You can make { $most } pictures in 24 hours, and this is more. Please choose fewer.
    }
pictures-limit-person =
    { $most ->
        [one] You can make { $most } picture in 24 hours.
       *[other] You can make { $most } pictures in 24 hours.
    }

    You can go on in { $wait }.
pictures-limit-all =
    So many pictures were made today that there is no room left for now.

    Please try again in { $wait }.
pictures-limit-all-later =
    There is no room for pictures right now, and I can't say yet when there will be.

    Please try again later.
pictures-full =
    { $most ->
        [one] 🖼 Your gallery already holds { $most } picture, and there is no room for more.
       *[other] 🖼 Your gallery already holds { $most } pictures, and there is no room for more.
    }

    Download them as an archive and delete what you don't need to make room.
pictures-limit-paused = ☕ We are taking a short break and don't make new pictures right now. Please try again a little later.

# Pictures: how it goes
pictures-elsewhere = See the new message below for how the pictures are doing.

# Buttons of pictures
pictures-button-now = ⚡️ Right now: { $title } × { $count }
pictures-button-show-avatar = 🖼 Show the avatar
pictures-button-menu = ✨ Make pictures
pictures-button-own-words = ✍️ In my own words
pictures-button-photo = 📷 Like a photo
pictures-button-surprise = 🎲 Surprise me
pictures-button-other-surprise = 🎲 Another one
pictures-button-other-avatar = 🔀 Another avatar
pictures-button-packs = ⬅️ All styles
pictures-button-start =
    { $count ->
        [one] 🎨 Make { $count } picture
       *[other] 🎨 Make { $count } pictures
    }
pictures-button-edit-words = ✏️ Change the words
pictures-button-consent = ✅ I confirm
