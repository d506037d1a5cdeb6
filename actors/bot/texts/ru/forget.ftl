# Удаление всего
forget-ask =
    Удалить всё, что о вас известно?

    { $belongings }

    Идущее обучение будет отменено у FAL; за уже сделанное он может взять плату. Вернуть потом ничего не получится.
forget-done =
    Готово. Удалены:

    { $belongings }

    Файлы стираются прямо сейчас, и я вас больше не знаю. Если захотите вернуться: /start
forget-avatars =
    { $count ->
        [0] • аватары: ни одного
        [one] • { $count } аватар
        [few] • { $count } аватара
       *[other] • { $count } аватаров
    }
forget-photos =
    { $count ->
        [0] • фотографии: ни одной
        [one] • { $count } фотография
        [few] • { $count } фотографии
       *[other] • { $count } фотографий
    }
forget-trainings =
    { $count ->
        [one] • { $count } идущее обучение
        [few] • { $count } идущих обучения
       *[other] • { $count } идущих обучений
    }
forget-credits =
    { $count ->
        [one] • { $count } кредит на балансе — сгорит безвозвратно
        [few] • { $count } кредита на балансе — сгорят безвозвратно
       *[other] • { $count } кредитов на балансе — сгорят безвозвратно
    }
forget-credits-gone =
    { $count ->
        [one] • { $count } кредит на балансе
        [few] • { $count } кредита на балансе
       *[other] • { $count } кредитов на балансе
    }
forget-talk = • наш разговор, ваше имя и выбранный язык
button-forget-yes = Да, забыть меня
button-forget-no = Нет, оставить всё
