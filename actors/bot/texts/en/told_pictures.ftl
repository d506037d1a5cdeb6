# Pictures: what comes with them, and what to say if they did not come
pictures-ready =
    { $count ->
        [one] ✨ Here it is!
       *[other] ✨ Here they are!
    }
pictures-first =
    { $count ->
        [one] 🎁 Your avatar's first picture — it's on me!
       *[other] 🎁 Your avatar's first pictures — they're on me!
    }
pictures-made-by-machine = 🤖 Made by AI.
pictures-again =
    { $count ->
        [one] 🔁 { $count } picture came out without a face, so I'm making it again for free.
       *[other] 🔁 { $count } pictures came out without a face, so I'm making them again for free.
    }
pictures-withheld =
    { $count ->
        [one] 🙈 { $count } picture didn't pass the safety check: I can't show it, and you don't pay for it.
       *[other] 🙈 { $count } pictures didn't pass the safety check: I can't show them, and you don't pay for them.
    }
pictures-control =
    What would you like to do with them? Numbers follow the order in the album.

    ⭐ favorite · 📄 original · ✨ more like this · 📤 share · 🗑 delete
pictures-in-gallery = ✨ Your pictures are ready! If you don't see them in this chat, they're in your gallery.
pictures-all-withheld =
    { $count ->
        [one] 🙈 The picture didn't pass the safety check, so I can't show it. You don't pay for it.
       *[other] 🙈 The pictures didn't pass the safety check, so I can't show them. You don't pay for them.
    }

    Try another style or other words.
pictures-failed =
    😔 The pictures didn't work out.

    { $reason }
pictures-reason-bad_archive = Your avatar's model couldn't be read. Try again, and if that doesn't help, write to the owner of this bot.
pictures-reason-bad_photo = The picture these should look like is gone or can't be read. Nothing was spent: pick another one.
pictures-reason-content_policy = Your description didn't pass the content rules. Try other words.
pictures-reason-trainer_down = The machines that make pictures are overloaded right now. Try again in a few minutes.
pictures-reason-stopped = The work was stopped early. Try again.
pictures-reason-our_mistake = That's our mistake, your description is fine. Please write to the owner of this bot.
pictures-reason-job_timeout = It took too long, so I stopped it. Try again.
pictures-reason-submit_not_bought = Your order didn't get through, and nothing was spent. Try again.
pictures-reason-result_unavailable = The pictures were made, but I couldn't fetch them. Try again.
pictures-reason-other = Something went wrong. Try again.
pictures-button-favorite = ⭐ Favorite
pictures-button-unstar = 🌟 Favorite
pictures-button-original = 📄 Original
pictures-button-like = ✨ More like this
pictures-button-again = 🔁 Once more
pictures-button-words = 💬 Description
pictures-button-share = 📤 Share
pictures-button-delete = 🗑 Delete
pictures-button-gallery = 🖼 Gallery
pictures-button-other = 🎨 Choose another
