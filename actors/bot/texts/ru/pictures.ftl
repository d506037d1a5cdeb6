# Картинки: что сделать
pictures-menu =
    ✨ <b>{ $name }</b>: что сделаем?

    Верхняя кнопка начинает сразу. Или выберите стиль — или просто напишите, что нарисовать.
pictures-unfinished = Аватар «{ $name }» ещё не готов. Картинки можно будет делать, когда он обучится.
pictures-no-generator =
    Аватар «{ $name }» обучен в другом месте, и делать с ним картинки я не умею.

    Выберите другой аватар или создайте новый.
pictures-left = Хорошо, отложили. Вернуться к картинкам — /generate
pictures-no-avatar = Для картинок нужен готовый аватар. Сделаем его?
pictures-pack =
    { $emoji } <b>{ $title }</b>

    Какой стиль возьмём?
pictures-style =
    <b>{ $title }</b>

    Аватар «{ $name }», формат { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }.
pictures-surprise =
    🎲 Как насчёт «{ $title }»?

    Аватар «{ $name }», формат { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }.
pictures-words =
    ✍️ Сделаю так:

    <blockquote>{ $title }</blockquote>

    Аватар «{ $name }», формат { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }. Хотите иначе — пришлите новое описание.
pictures-words-english = 💡 Лучше всего срабатывают описания на английском. По-русски тоже можно, но часть деталей может потеряться.
pictures-ask-words =
    ✍️ Опишите картинку: одежда, место, свет, настроение. От { $fewest } до { $most } символов.

    Например: «в красном пальто на заснеженной улице, вечер, тёплый свет фонарей». Внешность описывать не нужно — её я знаю.
pictures-ask-words-style =
    ✍️ Что нарисовать в этом стиле? От { $fewest } до { $most } символов.

    Например: «маяк на скале, закат, большие волны».
pictures-ask-words-object =
    ✍️ Опишите картинку: где это стоит или лежит, что вокруг, какой свет. От { $fewest } до { $most } символов.

    Например: «на деревянном столе у окна, утро, мягкий свет».
pictures-words-short = Маловато: расскажите о картинке чуть подробнее, хватит и пары слов.
pictures-words-expected = Сейчас жду описание картинки словами. Передумали — /cancel
pictures-words-long =
    { $most ->
        [one] Получилось слишком длинно: помещается { $most } символ. Сократите, пожалуйста.
        [few] Получилось слишком длинно: помещается { $most } символа. Сократите, пожалуйста.
       *[other] Получилось слишком длинно: помещается { $most } символов. Сократите, пожалуйста.
    }
pictures-photo-off =
    📷 Делать похоже на фото я пока не умею: мне нечем его рассмотреть.

    Опишите то, что на нём, словами прямо здесь — получится не хуже.
pictures-toast-order-gone = Этот выбор уже неактуален. Откройте /generate
pictures-toast-before = Эти картинки уже заказаны.
pictures-toast-again = Начали! Новые картинки придут ниже.
pictures-toast-cancelled = Остановила.
pictures-toast-over = Останавливать нечего: эти картинки уже закончены.
pictures-toast-no-price = Сейчас с этим аватаром картинки не сделать: это наша ошибка. Попробуйте позже.

# Картинки: что спрашивается один раз
pictures-ask-subject = Кто на фотографиях «{ $name }»? Спрошу один раз: от этого зависят фигура и одежда.
pictures-ask-subject-object = Что это — «{ $name }»? Спрошу один раз: так картинки получатся точнее.
pictures-subject-man = 👨 Мужчина
pictures-subject-woman = 👩 Женщина
pictures-subject-person = 🙂 Просто человек
pictures-subject-object = 📦 Предмет
pictures-subject-dog = 🐶 Собака
pictures-subject-cat = 🐱 Кошка
pictures-subject-animal = 🐾 Другое животное
pictures-subject-set = Запомнила.
pictures-consent-ask =
    Прежде чем начать: чьё лицо у аватара «{ $name }»?

    Нажимая кнопку, вы подтверждаете: <b>это я, или человек на фотографиях дал мне согласие; ему есть 18 лет</b>.

    Спрашиваю один раз. Отозвать согласие можно в любой момент — удалите аватар.
pictures-consent-given = Спасибо! Продолжаем.

# Картинки: чего я не делаю
pictures-refused-minor = Картинок с детьми и подростками я не делаю. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-sexual = Откровенных картинок я не делаю: на них настоящие люди. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-hate = Картинок с символами ненависти и оскорблениями я не делаю. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-again = После нескольких таких описаний картинки приостанавливаются.
pictures-paused =
    ⏸ Несколько описаний подряд нарушали правила, поэтому картинки для вас пока приостановлены.

    Мы посмотрим и решим, что дальше. Аватары и готовые картинки остаются у вас.

# Картинки: сколько можно
pictures-limit-person-alone =
    { $most ->
        [one] За сутки можно сделать { $most } картинку, а здесь больше. Выберите меньше.
        [few] За сутки можно сделать { $most } картинки, а здесь больше. Выберите меньше.
       *[other] За сутки можно сделать { $most } картинок, а здесь больше. Выберите меньше.
    }
pictures-limit-person =
    { $most ->
        [one] За сутки можно сделать { $most } картинку.
        [few] За сутки можно сделать { $most } картинки.
       *[other] За сутки можно сделать { $most } картинок.
    }

    Продолжить можно будет через { $wait }.
pictures-limit-all =
    Сегодня сделано столько картинок, что места пока больше нет.

    Попробуйте, пожалуйста, через { $wait }.
pictures-limit-all-later =
    Сейчас для картинок нет места, и пока не могу сказать, когда оно появится.

    Попробуйте, пожалуйста, позже.
pictures-limit-paused = ☕ У нас небольшой перерыв: новых картинок пока не делаем. Попробуйте, пожалуйста, немного позже.

# Картинки: как продвигается
pictures-elsewhere = Как продвигаются картинки, видно в новом сообщении ниже.

# Галерея
pictures-gallery-empty =
    🖼 В галерее пока пусто.

    Сделаем первую картинку?
pictures-gallery-empty-favorites = Избранных картинок пока нет. Нажмите 🤍 под картинкой, которая нравится.
pictures-gallery-empty-avatar = С аватаром «{ $name }» картинок пока нет.
pictures-gallery =
    🖼 <b>Галерея</b>, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }

    Страница { $page } из { $pages }. Чтобы открыть картинку, нажмите её номер.
pictures-gallery-favorites =
    ❤️ <b>Избранное</b>, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }

    Страница { $page } из { $pages }. Чтобы открыть картинку, нажмите её номер.
pictures-gallery-avatar =
    🖼 <b>{ $name }</b>, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }

    Страница { $page } из { $pages }. Чтобы открыть картинку, нажмите её номер.
pictures-card =
    <b>{ $title }</b> · { $name }
    { $date } · { $width }×{ $height }
pictures-card-own-words = Своими словами
pictures-card-favorite = ❤️ В избранном
pictures-full-words =
    📝 Описание картинки:

    <blockquote expandable>{ $words }</blockquote>
pictures-sent-words = Что было отправлено:
pictures-original = 📎 Оригинал без сжатия.
pictures-favorite-set = ❤️ В избранном
pictures-favorite-unset = Убрала из избранного
pictures-not-yours = Такой картинки у вас нет.
pictures-gone = Этой картинки уже нет.
pictures-ask-delete = Удалить картинку насовсем? Вернуть её не получится.
pictures-deleted = Картинка удалена.
pictures-share =
    🔗 Выберите, кому отправить картинку. Её увидит тот, кому вы её пошлёте.

    Передумаете — закройте доступ: новых отправок не будет, но уже отправленное останется в чатах.
pictures-share-off = Сейчас поделиться отсюда нельзя: перешлите картинку как обычное сообщение.
pictures-share-revoked = Доступ закрыт.
pictures-shared-caption = 🤖 Создано искусственным интеллектом
pictures-export-ask =
    📦 Собрать все картинки в архив? { $count ->
        [one] Это { $count } картинка
        [few] Это { $count } картинки
       *[other] Это { $count } картинок
    }, около { $size }. Большой архив придёт частями.
pictures-export-started = Собираю архив. Пришлю его сюда.
pictures-export-part = 📦 Ваши картинки, часть { $part } из { $parts }.
pictures-export-one = 📦 Все ваши картинки.
pictures-export-running = Архив уже собирается — скоро пришлю.
pictures-export-failed = Собрать архив не получилось. Попробуйте ещё раз немного позже: картинки на месте.
pictures-export-empty = Собирать пока нечего: в галерее пусто.

# Кнопки картинок
pictures-button-now = ⚡️ Сразу: { $title } × { $count }
pictures-button-show-avatar = 🖼 Показать аватар
pictures-button-menu = ✨ Сделать картинки
pictures-button-own-words = ✍️ Своими словами
pictures-button-photo = 📷 Похоже на фото
pictures-button-surprise = 🎲 Удивите меня
pictures-button-other-surprise = 🎲 Другое
pictures-button-other-avatar = 🔀 Другой аватар
pictures-button-packs = ⬅️ Все стили
pictures-button-start =
    { $count ->
        [one] 🎨 Сделать { $count } картинку
        [few] 🎨 Сделать { $count } картинки
       *[other] 🎨 Сделать { $count } картинок
    }
pictures-button-edit-words = ✏️ Изменить описание
pictures-button-consent = ✅ Подтверждаю
pictures-button-like-number = ✨ Похожие на { $number }
pictures-button-open-number = { $number }
pictures-button-unfavorite = ❤️ Убрать из избранного
pictures-button-share-choose = 🔗 Выбрать чат
pictures-button-share-revoke = 🚫 Закрыть доступ
pictures-button-delete-yes = Да, удалить
pictures-button-delete-no = Нет, оставить
pictures-button-all = Все
pictures-button-favorites = ❤️ Избранное
pictures-button-by-avatar = По аватарам
pictures-button-export = 📦 Скачать всё
pictures-button-previous = ◀️
pictures-button-next = ▶️
