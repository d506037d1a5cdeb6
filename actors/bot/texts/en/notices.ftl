# Notices
notice-ready =
    🎉 Your avatar “{ $name }” is ready!

    It is kept safe with us.
notice-gift-waits =
    { $count ->
        [one] 🎁 Your first picture is waiting: press the button below and answer a question or two, and I'll make it.
       *[other] 🎁 Your first { $count } pictures are waiting: press the button below and answer a question or two, and I'll make them.
    }
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
notice-spend-near =
    💸 { $usd } of { $limit } spent on trainings in the last 24 hours (estimated).

    Once the limit is reached, nothing new starts. To change it, set <code>SPEND_LIMIT_PER_DAY</code>; to stop now: <code>aisha pause</code>.
notice-spend-reached =
    🛑 The daily limit is reached: { $usd } of { $limit } spent on trainings in the last 24 hours (estimated).

    People are told when they can try again; what is running goes on. To change the limit, set <code>SPEND_LIMIT_PER_DAY</code>.
reason-too_few_photos = The trainer found too few usable photos. Add some and try again.
reason-too_many_photos = These are more photos than the trainer takes. Remove some and try again.
reason-bad_archive = The trainer could not read the photos. Try again: they are still here.
reason-bad_photo = One of the photos could not be read. Remove the odd one and try again.
reason-photo_too_small = One of the photos is too small. Replace it with a larger one and try again.
reason-photo_too_large = The photos are too heavy. Send them as photos instead of files and try again.
reason-no_face = No face was found. Take photos where the face is large and in the light, and try again.
reason-content_policy = The photos were refused by the content policy. Use other photos.
reason-training_timeout = It took longer than a day, so I gave up and asked FAL to stop. Your photos are kept: try again.
reason-submit_not_bought = Your training never began. Nothing was used up and your photos are kept: just start it again.
reason-result_unavailable = FAL finished, but its result could not be fetched. Your photos are kept: try again.
reason-trainer_down = FAL's machines could not do it just now; your photos are fine and kept. Try again in an hour.
reason-stopped = The training was stopped at FAL. Your photos are kept: try again.
reason-our_mistake = I asked the trainer for something it cannot do: that is our mistake. Your photos are kept; please write to the operator of this bot.
reason-other = Something went wrong at the trainer. Your photos are kept: try again.
