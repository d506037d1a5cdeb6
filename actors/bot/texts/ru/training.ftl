# Обучение
training = <b>{ $name }</b> обучается.
training-queue =
    { $position ->
        [0] Следующий в очереди.
        [one] В очереди, перед ним { $position }.
       *[other] В очереди, перед ним { $position }.
    }
training-submitting = Фотографии на пути к тренеру.
training-checking = Подтверждения пока нет, поэтому я проверяю, началось ли обучение. Делать ничего не нужно: дважды ничего не запустится.
training-accepted = Тренер всё получил и скоро начнёт.
training-percent = Готово примерно { $percent } %.
training-working = Тренер работает.
training-fetching = Обучение закончилось, забираю результат.
training-delayed = Обучение закончилось, но результат задерживается. Я продолжаю его забирать.
training-usual =
    { $high ->
        [one] Обычно это занимает { $low }–{ $high } минуту.
        [few] Обычно это занимает { $low }–{ $high } минуты.
       *[other] Обычно это занимает { $low }–{ $high } минут.
    }
training-left-minutes =
    { $high ->
        [one] Осталось примерно { $low }–{ $high } минута.
        [few] Осталось примерно { $low }–{ $high } минуты.
       *[other] Осталось примерно { $low }–{ $high } минут.
    }
training-left-at-most-minutes =
    { $high ->
        [one] Осталось не больше { $high } минуты.
       *[other] Осталось не больше { $high } минут.
    }
training-left-hours =
    { $high ->
        [one] Осталось примерно { $low }–{ $high } час.
        [few] Осталось примерно { $low }–{ $high } часа.
       *[other] Осталось примерно { $low }–{ $high } часов.
    }
training-left-at-most-hours =
    { $high ->
        [one] Осталось не больше { $high } часа.
       *[other] Осталось не больше { $high } часов.
    }
training-longer = Идёт дольше обычного. Я продолжаю следить.
training-over = <b>{ $name }</b>: обучение закончилось, всё получилось. ✅
training-provisional = <b>{ $name }</b>: обучение закончилось, файл модели ещё в пути.
training-failed = <b>{ $name }</b>: это обучение не удалось. Что делать дальше, сказано в отдельном сообщении.
training-cancelled = <b>{ $name }</b>: это обучение отменили.
training-deleted = Аватар, который здесь обучался, удалён.
training-elsewhere = <b>{ $name }</b>: как идёт обучение, видно в новом сообщении ниже.
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
