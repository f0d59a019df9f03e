site-name = Кезек
layout-skip = Перейти к содержанию
layout-languages = Язык
layout-navigation = Разделы
layout-menu = Меню
layout-sign-in = Войти
layout-sign-out = Выйти
layout-back = Назад
layout-demo-tag = Показ
layout-demo = Это показательная версия. Все данные вымышлены, ваше заявление никуда не отправляется.
nav-home = Главная
footer-about = Очередь в детские сады: места выдаются по открытому порядку, о причине каждого номера можно спросить.
footer-law = Основание: правила постановки на очередь и выдачи направлений в дошкольные организации (приказ № 254 от 2020 года).

# Часы показа
clock-title = Часы показа
clock-bulletin = К следующему бюллетеню
clock-opening = К следующему открытию
clock-hour = +1 час
clock-day = +1 день

# Формы
form-error = Ошибка:
form-error-summary = Исправьте, пожалуйста
form-warning = Внимание:
form-day = День
form-month = Месяц
form-year = Год
form-save = Сохранить
form-continue = Продолжить
notification-success = Готово
notification-important = Важно
pagination-title = Страницы
pagination-previous = Назад
pagination-next = Дальше
pagination-page = Страница { $page }
places-count = { $count } { $count ->
    [one] место
    [few] места
   *[other] мест
 }
