# Training
training = <b>{ $name }</b> is being trained.
training-queue =
    { $position ->
        [0] Next in the queue.
       *[other] In the queue, { $position } before it.
    }
training-submitting = Your photos are on their way to the trainer.
training-checking = I haven't had a confirmation yet, so I'm checking whether the training has begun. You don't need to do anything, and nothing is started twice.
training-accepted = The trainer has it and will begin soon.
training-percent = About { $percent } % done.
training-working = The trainer is at work.
training-fetching = The training is over; its result is being fetched.
training-delayed = The training is over, but its result is slow to come. I go on fetching it.
training-usual = It usually takes { $low }–{ $high } minutes.
training-left-minutes = About { $low }–{ $high } minutes left.
training-left-at-most-minutes =
    { $high ->
        [one] A minute left at most.
       *[other] { $high } minutes left at most.
    }
training-left-hours = About { $low }–{ $high } hours left.
training-left-at-most-hours =
    { $high ->
        [one] An hour left at most.
       *[other] { $high } hours left at most.
    }
training-longer = It takes longer than usual. I am still watching it.
training-over = <b>{ $name }</b>: the training is over, and it worked out. ✅
training-provisional = <b>{ $name }</b>: the training is over; its model file is still to come.
training-failed = <b>{ $name }</b>: this training did not work out. What to do now stands in a message of its own.
training-cancelled = <b>{ $name }</b>: this training was called off.
training-deleted = The avatar that was trained here is deleted.
training-elsewhere = <b>{ $name }</b>: the progress is shown in a newer message below.
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
