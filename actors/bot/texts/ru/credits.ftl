# Кредиты
credits-count =
    { $count ->
        [one] { $count } кредит
        [few] { $count } кредита
       *[other] { $count } кредитов
    }
credits-balance = 💰 У вас { $credits }.
credits-held = В работе ещё { $credits }: спишутся, когда всё получится, а если нет — вернутся.
credits-owed = Платёж был возвращён, когда кредиты из него уже были потрачены: осталось погасить { $credits }. После этого можно будет продолжить.
credits-moved = Последние движения:
credits-why-training = обучение аватара
credits-why-pictures = картинки
credits-why-speech = расшифровка
credits-why-other = прочее
credits-why-payment = покупка
credits-why-refund = возврат покупки
credits-why-clawback = платёж отозван
credits-why-welcome = подарок за знакомство
credits-why-invite = подарок по приглашению
credits-why-grant = подарок от нас
credits-why-import = перенос из прежней версии
credits-short =
    Пока не хватает { $missing ->
        [one] { $missing } кредита
       *[other] { $missing } кредитов
    }.

    Это стоит { $need ->
        [one] { $need } кредит
        [few] { $need } кредита
       *[other] { $need } кредитов
    }, а у вас { $have ->
        [one] { $have } кредит
        [few] { $have } кредита
       *[other] { $have } кредитов
    }. Всё сохранено: пополните баланс и попробуйте снова.
credits-price-changed = 💡 Теперь это стоит { $credits }.
credits-gift = 🎁 Вам подарок: { $credits }!
credits-topup-later = Пополнить баланс прямо здесь пока нельзя, но скоро будет можно. Всё, что вы начали, сохранено.
credits-button-balance = 💰 Мой баланс
credits-button-topup = ⭐️ Пополнить
