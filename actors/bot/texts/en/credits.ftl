# Credits
credits-count =
    { $count ->
        [one] { $count } credit
       *[other] { $count } credits
    }
credits-balance = 💰 You have { $credits }.
credits-held = In use: { $credits } more. They are only taken if it works out, and come back if it doesn't.
credits-owed = A payment was returned after its credits had been spent: { $credits } are still to be settled. After that you can go on.
credits-moved = Recent activity:
credits-why-training = avatar training
credits-why-pictures = pictures
credits-why-speech = transcription
credits-why-other = other
credits-why-payment = purchase
credits-why-refund = purchase refunded
credits-why-clawback = payment taken back
credits-why-welcome = welcome gift
credits-why-invite = invitation gift
credits-why-grant = a gift from us
credits-why-import = carried over from the earlier version
credits-short =
    You are { $missing ->
        [one] { $missing } credit
       *[other] { $missing } credits
    } short.

    This costs { $need ->
        [one] { $need } credit
       *[other] { $need } credits
    }, and you have { $have ->
        [one] { $have } credit
       *[other] { $have } credits
    }. Everything is saved: top up and try again.
credits-price-changed = 💡 This now costs { $credits }.
credits-gift = 🎁 A gift for you: { $credits }!
credits-topup-later = You can't top up here just yet, but soon you will. Everything you have begun is saved.
credits-button-balance = 💰 My balance
credits-button-topup = ⭐️ Top up
