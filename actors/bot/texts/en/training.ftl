# Training
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
