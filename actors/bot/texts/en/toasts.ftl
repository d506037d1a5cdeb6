# Short answers
toast-gone = This button no longer works. Press /start for the menu.
toast-not-yours = There is no such avatar of yours.
toast-started = Started!
toast-leaving = FAL is just being told to stop the last one. Try again in a minute.
