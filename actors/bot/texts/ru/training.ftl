# Обучение
training = <b>{ $name }</b> обучается.
training-queue =
    { $position ->
        [0] Следующий в очереди.
        [one] В очереди, перед ним { $position }.
       *[other] В очереди, перед ним { $position }.
    }
training-percent = Готово примерно { $percent } %.
training-working = Обычно это занимает 15–60 минут.
training-fetching = Обучение закончилось, забираю результат.
training-promise = Я напишу, когда всё будет готово. Чат можно закрыть, ничего не потеряется.
already-training = Обучение уже идёт.
ask-cancel =
    Отменить обучение «{ $name }»?

    Я попрошу FAL остановиться. За уже сделанное он может взять плату, и продолжить потом не получится.
cancelling = Отменено.
not-training = Этот аватар сейчас не обучается.
not-startable = Этот аватар сейчас нельзя запустить.
status-draft = черновик
status-training = обучается
status-completed = готов
status-error = не получилось
status-cancelled = отменён
