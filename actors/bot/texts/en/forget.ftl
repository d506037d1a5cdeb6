# Being forgotten
forget-ask =
    Delete everything about you?

    { $belongings }

    A training that runs is cancelled at FAL; what it has already done may still be billed. Nothing of this can be brought back.
forget-done =
    Done. Deleted:

    { $belongings }

    The files are being removed this very minute, and I do not know you any more. If you ever come back: /start
forget-avatars =
    { $count ->
        [0] • avatars: none
        [one] • { $count } avatar
       *[other] • { $count } avatars
    }
forget-photos =
    { $count ->
        [0] • photos: none
        [one] • { $count } photo
       *[other] • { $count } photos
    }
forget-trainings =
    { $count ->
        [one] • { $count } running training
       *[other] • { $count } running trainings
    }
forget-credits =
    { $count ->
        [one] • { $count } credit, which is lost for good
       *[other] • { $count } credits, which are lost for good
    }
forget-credits-gone =
    { $count ->
        [one] • { $count } credit
       *[other] • { $count } credits
    }
forget-talk = • our conversation, your name and your language
button-forget-yes = Yes, forget me
button-forget-no = No, keep everything
