# Галерея картинок
pictures-gallery-empty =
    🖼 В галерее пока пусто.

    Сделаем первую картинку?
pictures-gallery-empty-favorites = Избранных картинок пока нет. Нажмите ⭐ под картинкой, которая нравится.
pictures-gallery-empty-avatar = С аватаром «{ $name }» картинок пока нет.
pictures-gallery =
    🖼 <b>Галерея</b>, { $count ->
        [one] { $count } картинка
        [few] { $count } картинки
       *[other] { $count } картинок
    }

    Страница { $page } из { $pages }. Чтобы открыть картинку, нажмите её номер.
pictures-gallery-favorites =
    ⭐ <b>Избранное</b>, { $count ->
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
pictures-card-untitled = Картинка
pictures-card-favorite = ⭐ В избранном
pictures-full-words =
    📝 Описание картинки:

    <blockquote expandable>{ $words }</blockquote>
pictures-sent-words =
    Так это получила нейросеть:

    <blockquote expandable>{ $words }</blockquote>
pictures-no-words = Описания этой картинки у меня нет.
pictures-original = 📄 Оригинал: файл без сжатия.
pictures-file-missing = Не могу прочитать файл этой картинки. Попробуйте ещё раз немного позже.
pictures-favorite-set = ⭐ В избранном
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
pictures-export-started = Собираю архив. Пришлю его сюда.
pictures-export-part = 📦 Ваши картинки, часть { $part } из { $parts }.
pictures-export-one = 📦 Все ваши картинки.
pictures-export-busy = Сейчас архивы собираются для многих. Попробуйте, пожалуйста, через полчаса.
pictures-export-running = Архив уже собирается — скоро пришлю.
pictures-export-failed = Собрать архив не получилось. Попробуйте ещё раз немного позже: картинки на месте.
pictures-export-empty = Собирать пока нечего: в галерее пусто.

# Кнопки галереи
pictures-button-share-choose = 🔗 Выбрать чат
pictures-button-share-revoke = 🚫 Закрыть доступ
pictures-button-delete-yes = Да, удалить
pictures-button-delete-no = Нет, оставить
pictures-button-all = Все
pictures-button-favorites = ⭐ Избранное
pictures-button-by-avatar = 🧑 Главный аватар
pictures-button-back-to-page = 🖼 К галерее
pictures-button-export = 📦 Скачать всё
