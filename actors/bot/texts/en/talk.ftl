# Around the conversation
awaiting-photos = No words are needed here, I am waiting for photos. /cancel puts the draft aside.
photos-over =
    { $count ->
        [one] One photo was not taken: there is room for { $max_photos }. Remove one to make room.
       *[other] { $count } photos were not taken: there is room for { $max_photos }. Remove some to make room.
    }
photos-same =
    { $count ->
        [one] One photo I have already, so it counts once.
       *[other] { $count } photos I have already, so they count once.
    }
no-photos = Only photos are of use here, no videos, stickers or voice messages.
flooded = That was too much at once, so I skipped some of it. Give me a moment and send again what is missing.
toast-flooded = Too much at once: this press was skipped. Try again in a moment.
failed = Something went wrong with us, and I could not do this. Please try again, or see /start.
toast-failed = Something went wrong with us. Please press again, or see /start.
