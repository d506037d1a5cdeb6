# Картинки: что сделать
pictures-menu =
    ✨ <b>{ $name }</b>: что сделаем?

    Выберите готовый стиль — хватит двух нажатий — или опишите картинку своими словами.
pictures-choose-avatar = С каким аватаром делаем картинки?
pictures-no-avatar = Для картинок нужен готовый аватар. Сделаем его?
pictures-pack =
    { $emoji } <b>{ $title }</b>

    Какой стиль возьмём?
pictures-style =
    <b>{ $title }</b>

    Аватар «{ $name }», форма { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }.
pictures-surprise =
    🎲 Пусть будет <b>{ $title }</b>!

    Аватар «{ $name }», форма { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }.
pictures-words =
    ✍️ Сделаю так:

    <blockquote>{ $words }</blockquote>

    Аватар «{ $name }», форма { $shape }, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }. Хотите иначе — пришлите новое описание.
pictures-words-translated = Описание я перевела на английский: так картинки получаются лучше.
pictures-words-english = 💡 По-английски описания понимаются лучше всего. По-русски тоже сработает, но детали могут потеряться.
pictures-ask-words =
    ✍️ Опишите картинку: одежда, место, свет, настроение. От { $fewest } до { $most } символов.

    Например: «в красном пальто на заснеженной улице, вечер, тёплый свет фонарей». Внешность описывать не нужно — её я знаю.
pictures-ask-words-style =
    ✍️ Что нарисовать в этом стиле? От { $fewest } до { $most } символов.

    Например: «маяк на скале, закат, большие волны».
pictures-ask-words-object =
    ✍️ Опишите картинку: где это стоит или лежит, что вокруг, какой свет. От { $fewest } до { $most } символов.

    Например: «на деревянном столе у окна, утро, мягкий свет».
pictures-words-short = Маловато: расскажите о картинке чуть подробнее, хотя бы в паре слов.
pictures-words-long =
    { $most ->
        [one] Получилось слишком длинно: помещается { $most } символ. Сократите, пожалуйста.
        [few] Получилось слишком длинно: помещается { $most } символа. Сократите, пожалуйста.
       *[other] Получилось слишком длинно: помещается { $most } символов. Сократите, пожалуйста.
    }
pictures-ask-photo = 📷 Пришлите картинку, которая вам нравится: я опишу её словами и сделаю похожую с вашим аватаром.
pictures-photo-unread = Описать эту картинку не получилось. Пришлите другую или опишите её своими словами.
pictures-order-gone = Этот заказ уже неактуален. Выберите стиль ещё раз.

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
    Прежде чем начать: чьё это лицо?

    Нажимая кнопку, вы подтверждаете: <b>это я, или человек на фотографиях дал мне согласие; ему есть 18 лет</b>.

    Спрашиваю один раз. Отозвать согласие можно в любой момент — удалите аватар.
pictures-consent-given = Спасибо! Продолжаем.
pictures-consent-refused = Хорошо, картинок с этим аватаром не будет. Передумаете — я спрошу снова.

# Картинки: чего я не делаю
pictures-refused-minor = Картинок с детьми и подростками я не делаю. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-sexual = Откровенных картинок я не делаю: на них настоящие люди. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-hate = Картинок с символами ненависти и оскорблениями я не делаю. Опишите, пожалуйста, что-нибудь другое.
pictures-refused-again = Если это повторится, картинки придётся приостановить.
pictures-paused =
    ⏸ Несколько описаний подряд нарушали правила, поэтому картинки для вас пока приостановлены.

    Мы посмотрим и решим, что дальше. Аватары и готовые картинки остаются у вас.

# Картинки: сколько можно
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
pictures-limit-break = ☕ У нас небольшой перерыв: новых картинок пока не делаем. Попробуйте, пожалуйста, немного позже.
pictures-limit-flight = Предыдущие картинки ещё делаются. Дождитесь их, пожалуйста, и сразу продолжим.
pictures-limit-kept = Галерея заполнена. Удалите картинки, которые больше не нужны, и место снова появится.

# Картинки: как продвигается
pictures-progress =
    🎨 <b>{ $title }</b>, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }
pictures-stage-submitting = Отправляю заказ.
pictures-stage-checking = Подтверждения пока нет, поэтому проверяю, принят ли заказ. Делать ничего не нужно: дважды ничего не закажется.
pictures-stage-accepted = Заказ принят, скоро начнём.
pictures-stage-queue =
    { $position ->
        [0] В очереди первый — скоро начнём.
       *[other] В очереди: впереди ещё { $position }.
    }
pictures-stage-working = Рисую.
pictures-stage-fetching = Готово, забираю картинки.
pictures-stage-delayed = Картинки готовы, но забрать их пока не получается. Продолжаю пробовать.
pictures-stage-again = Лицо вышло неудачно, поэтому делаю ещё раз — бесплатно.
pictures-usual-seconds =
    { $seconds ->
        [one] Обычно это занимает { $seconds } секунду.
        [few] Обычно это занимает { $seconds } секунды.
       *[other] Обычно это занимает { $seconds } секунд.
    }
pictures-usual-minutes =
    { $minutes ->
        [one] Обычно это занимает { $minutes } минуту.
        [few] Обычно это занимает { $minutes } минуты.
       *[other] Обычно это занимает { $minutes } минут.
    }
pictures-longer = Идёт дольше обычного. Я продолжаю следить.
pictures-over = ✅ Готово, картинки ниже.
pictures-over-gallery = ✅ Готово. Не уверена, что картинки до вас дошли, — они точно есть в галерее.
pictures-elsewhere = Как продвигаются картинки, видно в новом сообщении ниже.
pictures-deleted-order = Картинки этого заказа удалены.

# Картинки: чем кончилось
pictures-by-machine = 🤖 Создано искусственным интеллектом.
pictures-done =
    { $count ->
        [one] ✨ Ваша картинка готова!
       *[other] ✨ Ваши картинки готовы! Номера на кнопках — по порядку: 1–{ $count }.
    }
pictures-done-caption = { $title } · { $name }
pictures-withheld-some =
    { $withheld ->
        [one] Ещё { $withheld } картинку не показываю: она не прошла проверку содержания.
        [few] Ещё { $withheld } картинки не показываю: они не прошли проверку содержания.
       *[other] Ещё { $withheld } картинок не показываю: они не прошли проверку содержания.
    }
pictures-withheld-all =
    🙈 Показать нечего: картинки не прошли проверку содержания. Так бывает и с безобидными описаниями.

    Попробуйте ещё раз или опишите иначе.
pictures-lost-some =
    { $lost ->
        [one] Ещё { $lost } картинку забрать не удалось.
        [few] Ещё { $lost } картинки забрать не удалось.
       *[other] Ещё { $lost } картинок забрать не удалось.
    }
pictures-failed =
    😔 Картинки не получились.

    { $reason }
pictures-reason-content_policy = Описание не прошло проверку правил. Опишите, пожалуйста, иначе.
pictures-reason-trainer_down = Машины сейчас не справились. Попробуйте ещё раз через несколько минут.
pictures-reason-stopped = Работу остановили на стороне машин. Попробуйте ещё раз.
pictures-reason-our_mistake = Это наша ошибка, мы уже разбираемся. Аватар в порядке: попробуйте другой стиль или зайдите позже.
pictures-reason-job_timeout = Это заняло слишком много времени, и я остановила работу. Попробуйте ещё раз.
pictures-reason-result_unavailable = Картинки сделаны, но забрать их не удалось. Попробуйте ещё раз.
pictures-reason-submit_not_bought = Заказ так и не начался, ничего не потрачено. Просто запустите его снова.
pictures-reason-weights_missing = Файл модели этого аватара не нашёлся. Обучите аватар заново: фотографии сохранены.
pictures-reason-no_face = Лицо на картинках не вышло даже со второго раза. Попробуйте другой стиль — лучше всего удаются портреты крупным планом.
pictures-reason-other = Что-то пошло не так. Попробуйте ещё раз.
pictures-delayed =
    ⏳ Картинки сделаны, но забрать их пока не получается.

    Я пробую до { $until } и пришлю их сразу. Делать ничего не нужно.
pictures-ask-cancel = Остановить? Эти картинки тогда не придут.
pictures-cancelled = Остановила. Этих картинок не будет.
pictures-already-over = Останавливать нечего: картинки уже готовы.

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
pictures-button-no-consent = Нет
pictures-button-cancel = ✖️ Остановить
pictures-button-cancel-yes = Да, остановить
pictures-button-cancel-no = Нет, ждать
pictures-button-refresh = 🔄 Как продвигается?
pictures-button-again = 🔁 Ещё раз
pictures-button-like = ✨ Похожие
pictures-button-like-number = ✨ Похожие на { $number }
pictures-button-open-number = { $number }
pictures-button-favorite = 🤍 В избранное
pictures-button-unfavorite = ❤️ Убрать из избранного
pictures-button-original = 📎 Оригинал
pictures-button-words = 📝 Описание
pictures-button-share = 🔗 Поделиться
pictures-button-share-choose = 🔗 Выбрать чат
pictures-button-share-revoke = 🚫 Закрыть доступ
pictures-button-delete = 🗑 Удалить
pictures-button-delete-yes = Да, удалить
pictures-button-delete-no = Нет, оставить
pictures-button-gallery = 🖼 Галерея
pictures-button-all = Все
pictures-button-favorites = ❤️ Избранное
pictures-button-by-avatar = По аватарам
pictures-button-export = 📦 Скачать всё
pictures-button-previous = ◀️
pictures-button-next = ▶️

# Форма картинок
pictures-shape-tall = 📱 9:16
pictures-shape-square = ⬜ 1:1
pictures-shape-wide = 🖥 16:9
pictures-shape-portrait = 🖼 3:4
pictures-shape-landscape = 🏞 4:3
pictures-shape-set = Форма { $shape }
pictures-count-set =
    { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }
