# Аватары, которые уже есть
avatar-card =
    <b>{ $name }</b>
    { $type } · { $status }
avatar-main = ⭐ Ваш главный аватар
avatar-photos =
    { $count ->
        [one] 📷 { $count } фотография
        [few] 📷 { $count } фотографии
       *[other] 📷 { $count } фотографий
    }
avatar-created = Начат { $date }
avatar-completed = Готов с { $date }
avatar-main-set = Теперь это ваш главный аватар.
avatar-not-usable = Главным может быть только готовый аватар.
avatar-not-reopenable = Фотографии этого аватара сейчас изменить нельзя.
avatar-reopened = Фотографии для «{ $name }» снова можно менять: добавьте новые или уберите лишние.
avatar-ask-name = Как теперь назовём «{ $name }»? Напишите от 2 до 50 символов. /cancel оставит имя прежним.
avatar-name-kept = Имя осталось прежним.
avatar-ask-delete =
    Удалить «{ $name }» насовсем?

    Его фотографии и модель будут стёрты, вернуть их не получится.
avatar-ask-delete-training = Он сейчас обучается: я попрошу FAL остановиться. За уже сделанное он может взять плату.
avatar-deleted = Удалила. Фотографии и модель стираются.
button-continue = ✏️ Продолжить
button-rename = 🏷 Переименовать
button-delete = 🗑 Удалить
button-delete-yes = Да, удалить
button-delete-no = Нет, оставить
button-set-main = ⭐ Сделать главным
button-other-photos = 📷 Изменить фотографии
