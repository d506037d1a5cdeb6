# An order of pictures while it is made
order = <b>{ $name }</b>: making pictures 🎨
order-submitting = Getting everything ready.
order-checking = There's no confirmation yet, so I'm checking whether it has started. You don't need to do anything: nothing will start twice.
order-accepted = Your order is in, it starts any moment now.
order-queue =
    { $position ->
        [0] Next in line.
       *[other] In the queue, { $position } ahead.
    }
order-working = Painting.
order-fetching = Done, I'm fetching the pictures.
order-usual =
    { $high ->
        [one] This usually takes { $low }–{ $high } second.
       *[other] This usually takes { $low }–{ $high } seconds.
    }
order-longer = This is taking longer than usual. I'm still on it.
order-promise = The pictures will arrive by themselves. You can close the chat.
order-over = <b>{ $name }</b>: your pictures are ready ✅
order-failed = <b>{ $name }</b>: the pictures didn't work out. A separate message says what to do next.
order-cancelled = <b>{ $name }</b>: this order was cancelled.
order-deleted = The avatar these pictures were for is gone.
button-order-cancel = ✖️ Cancel
