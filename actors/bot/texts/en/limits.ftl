# Limits
span-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
span-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
limit-person =
    { $most ->
        [one] You can start { $most } training in 24 hours, and you already have.
       *[other] You can start { $most } trainings in 24 hours, and you have used them all.
    }

    You can start this one in { $wait }. Your photos are kept.
limit-all =
    So many avatars were started today that there is no room left for now.

    Please try again in { $wait }. Your photos are kept.
limit-all-later =
    There is no room for this training right now, and I can't say yet when there will be.

    Please try again later. Your photos are kept.
limit-paused =
    ☕ We are taking a short break and don't start anything new right now.

    Your photos are kept: please try again a little later.
limit-drafts =
    You have { $most ->
        [one] { $most } unfinished avatar
       *[other] { $most } unfinished avatars
    } already. Finish or delete one of them, then create a new one.
limit-photos = I can't keep any more of your photos. Delete an avatar you no longer need, and there will be room again.
access-invite =
    👋 For now you can only come in by invitation.

    Ask the person who told you about me for a link, and open it here.
access-list =
    👋 This bot is private.

    If you should have access, ask its owner to add you. Your Telegram number is <code>{ $id }</code>.
access-gone =
    This invitation has been used up or is no longer valid.

    Ask the person who sent it to you for a new link.
start-banned =
    ⏸ New trainings are on hold for you: several requests broke the rules.

    We'll take a look and decide what happens next. Whatever is already running continues.
