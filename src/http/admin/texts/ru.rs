//! Russian.

use super::super::troubles::What;
use super::Texts;
use actors::bot::texts::Language;

pub(super) const TEXTS: Texts = Texts {
    language: Language::Ru,
    other: "English",
    units: ["с", "мин", "ч", "д", "мс"],
    ago: "{} назад",
    ahead: "через {}",
    just_now: "только что",
    never: "никогда",
    unknown: "неизвестно",

    title: "Aisha изнутри",
    back: "Всё",
    find: "Показать",
    find_hint: "номер аватара",
    paused: "не обновляется",
    runbook: "инструкция",
    seen_at: "на",

    all_well: "Всё в порядке.",
    wrong: "Сейчас не так",
    since: "с",
    todo: "Что делать",

    trainings: "Идут обучения",
    none_in_flight: "Сейчас ничего не обучается.",
    avatar: "Аватар",
    age: "Идёт",
    usual: "обычно",
    not_usual_yet: "пока не с чем сравнить",
    stage: "Этап",
    news: "Последняя новость",
    next_check: "Следующий взгляд",
    when_fal_is_back: "когда FAL ответит",
    place: "место в очереди FAL",
    watched_by: "Следит",
    nobody: "НИКТО",
    more: "ещё, не показаны",

    outbox: "Исходящие",
    oldest: "старейшее",
    dead_letters: "Недоставленные",
    no_dead_letters: "Недоставленных нет.",
    notice: "Уведомление",
    tries: "Попытки",
    reason: "Причина",

    providers: "От кого мы зависим",
    provider: "Кто",
    state: "Состояние",
    works: "работает",
    fails: "не отвечает",
    not_asked: "ещё не спрашивали",
    breaker: "предохранитель сработал: только редкие пробы",
    latency: "Обычный ответ",
    last_answer: "Последний ответ",
    slowest: "самый долгий",
    store: "Хранилище",
    connections: "занято соединений",
    polling: "сообщения приходят",
    polling_elsewhere: "сообщения принимает другой экземпляр",
    polling_starting: "ещё не спрашивали",
    last_webhook: "Последний вебхук",
    verified: "проверен",
    refused: "отклонён",
    keys_age: "Ключи FAL, возраст",
    keys_none: "нет: вебхуков ещё не проверяли",

    tree: "Дерево надзора",
    actor: "Актор",
    restarts: "Перезапуски",
    mailbox: "Ждут",
    last_error: "Последняя ошибка",
    instances: "Экземпляры",
    roles: "Роли",
    shards: "Доли",
    heartbeat: "Пульс",
    gone: "пропал",
    this_one: "этот",
    silent: "Супервизор не отвечает.",

    history: "История",
    history_in_english: "Записи — словами журнала, по-английски.",
    now: "Сейчас",
    attempt: "попытка",
    owner: "пользователь Telegram",
    photos: "фото",
    error: "Ошибка",
    no_such_avatar: "Такого аватара нет.",

    acts: "Действия",
    yes: "Да, сделать",
    no: "Нет, назад",
    stale_form: "Эта форма из другого времени или места: вернитесь, обновите страницу и повторите.",
    not_now: "База не отвечает: неизвестно, чтобы что-то изменилось; повторите.",
};

pub(super) fn stage(word: &str) -> &str {
    match word {
        "submitting" => "отправляется",
        "checking" => "проверяем, началось ли",
        "queue" => "в очереди",
        "working" => "обучается",
        "fetching" => "забираем результат",
        "withdrawing" => "отменяется у FAL",
        "provisional" => "без весов",
        "auditing" => "ждёт проверки",
        other => other,
    }
}

pub(super) fn source(word: &str) -> &str {
    match word {
        "webhook-handler" => "вебхук",
        "status-checker" => "опрос",
        "startup-checker" => "взгляд после старта",
        "training-manager" => "отложенный взгляд",
        "completeness-check" => "поиск весов",
        "emergency" => "последний взгляд",
        "user" => "владелец",
        "operator" => "оператор",
        other => other,
    }
}

pub(super) fn act(act: &str) -> (&'static str, &'static str) {
    match act {
        "recheck" => ("Спросить FAL", "Взглянуть на это обучение сейчас? Это ничего не стоит."),
        "renotify" => (
            "Уведомить снова",
            "Отправить владельцу последнее уведомление ещё раз? Оно может прийти дважды.",
        ),
        "retry" => ("Обучить снова", "Обучить этот аватар снова? FAL получит плату ещё раз."),
        "cancel" => (
            "Отменить",
            "Отменить это обучение? Это окончательно, и FAL может взять плату за начатое.",
        ),
        _ => ("Отправить снова", "Отправить это уведомление снова? Неясное может прийти дважды."),
    }
}

pub(super) fn told(word: &str) -> Option<&'static str> {
    Some(match word {
        "looked" => "На него уже смотрят.",
        "unwatched" => "Записано; сейчас за ним никто не следит, взглянут, как только будет кому.",
        "no-look" => "Не сделано: взгляд ничего не изменит.",
        "lost-submit" => {
            "Не сделано: ответ на отправку потерян. Найдите задание в кабинете FAL и назовите его: \
             aisha avatars recheck ID --request REQUEST_ID"
        }
        "again" | "notice-again" => "Уведомление отправляется снова.",
        "sending" => "Не сделано: уведомление как раз отправляется.",
        "no-notice" => "Не сделано: о нынешнем состоянии уведомления нет.",
        "cancelled" => "Отменено, владельцу сообщат.",
        "not-running" => "Не сделано: оно не обучается.",
        "started" => "Обучение начато снова.",
        "running" => "Не сделано: оно уже обучается.",
        "too-few" => "Не сделано: слишком мало фото.",
        "leaving" => "Не сделано: FAL ещё узнаёт о конце прошлой попытки; повторите позже.",
        "refused" => "Не сделано: снова обучают только то, что не удалось или отменено.",
        "notice-refused" => "Не сделано: отправляемое и дошедшее не повторяют.",
        _ => return None,
    })
}

#[expect(clippy::too_many_lines, reason = "a list of texts: one trouble after the other")]
pub(super) fn trouble(what: &What) -> (String, &'static str) {
    match what {
        What::RowsAway { why } => (
            format!("База данных не читается: {why}"),
            "Запустите PostgreSQL или почините сеть; ничего не потеряно, всё продолжится само.",
        ),
        What::TreeSilent => (
            "Супервизор не отвечает".to_owned(),
            "Перезапустите службу: восстановление делает это безвредным.",
        ),
        What::ActorDown { name } => (
            format!("{name} лежит или завис"),
            "Он перезапустится сам; если нет — прочтите журнал и перезапустите службу.",
        ),
        What::Unwatched { count } => (
            format!("За обучениями никто не следит: {count}"),
            "Запустите экземпляр с ролью trainer: восстановление заберёт их.",
        ),
        What::Deaf => (
            "Никто не принимает сообщения людей".to_owned(),
            "Запустите экземпляр с ролью bot; Telegram хранит сообщения сутки.",
        ),
        What::Mute => (
            "Никто не отправляет уведомления".to_owned(),
            "Запустите экземпляр с ролью trainer; уведомления ждут в исходящих.",
        ),
        What::BadToken { why } => (
            format!("Telegram не признаёт бота: {why}"),
            "Задайте TELEGRAM_BOT_TOKEN заново и перезапустите.",
        ),
        What::Conflict { why } => (
            format!("Сообщения забирает кто-то другой: {why}"),
            "Остановите другую программу с этим ботом.",
        ),
        What::TelegramAway { why } => (
            format!("Telegram не отвечает: {why}"),
            "Проверьте дорогу до api.telegram.org; попытки продолжаются.",
        ),
        What::FalAway { why } => (
            format!("FAL не отвечает или отказывает: {why}"),
            "Проверьте ключ, баланс и страницу состояния FAL; ни одно обучение от этого не кончится.",
        ),
        What::StoreAway { why } => (
            format!("Хранилище не отвечает: {why}"),
            "Проверьте хранилище, корзину и ключи; фото и веса ждут.",
        ),
        What::KeysAway => (
            "Ключи FAL недоступны: вебхукам нельзя верить".to_owned(),
            "Проверьте дорогу до FAL_REST_URL; FAL позвонит снова, опрос продолжается.",
        ),
        What::BoughtTwice { count } => (
            format!("Лишние задания у FAL за сутки: {count}"),
            "Они отменяются там; откройте историю аватара и посмотрите счёт FAL.",
        ),
        What::SubmitUnknown { count } => (
            format!("Неизвестно, есть ли они у FAL: {count}"),
            "Их ищут в истории запросов FAL. Если задание есть в кабинете FAL: aisha avatars recheck \
             ID --request REQUEST_ID",
        ),
        What::PlatformRefused { why } => (
            format!("История запросов FAL закрыта для нашего ключа: {why}"),
            "Дайте FAL_API_KEY право читать запросы; пока что потерянные отправки ждут вебхука.",
        ),
        What::ResultMissing { count } => (
            format!("FAL закончил, а весов у нас нет: {count}"),
            "Откройте аватар и прочтите причину; проверьте *.fal.media и хранилище.",
        ),
        What::Overdue { count } => (
            format!("Обучения идут много дольше обычного: {count}"),
            "Откройте старейшее и спросите FAL; в свой срок оно прекратится само.",
        ),
        What::Parked { count } => (
            format!("Акторы обучений падают снова и снова: {count}"),
            "Прочтите их последнюю ошибку ниже; через десять минут будет новая попытка.",
        ),
        What::Dead { count } => (
            format!("Уведомления не доставлены: {count}"),
            "Прочтите причину ниже, устраните и отправьте снова.",
        ),
        What::OutboxLate { count } => (
            format!("Уведомления ждут слишком долго: {count}"),
            "Посмотрите на Telegram ниже и на то, есть ли кому отправлять.",
        ),
        What::WebhooksLate { count } => (
            format!("Принятые вебхуки никто не обработал: {count}"),
            "Проверьте, работает ли экземпляр с ролью trainer; обход их подберёт.",
        ),
        What::UpdatesLate { count } => (
            format!("Люди ждут ответа: {count}"),
            "Посмотрите на BotActor и базу; присланное сохранено.",
        ),
    }
}
