site-name = Кезек
layout-skip = Негізгі мазмұнға өту
layout-languages = Тіл
layout-navigation = Бөлімдер
layout-menu = Мәзір
layout-sign-in = Кіру
layout-sign-out = Шығу
layout-back = Артқа
layout-demo-tag = Көрсетілім
layout-demo = Бұл — көрсету нұсқасы. Барлық деректер ойдан алынған, өтінішіңіз ешқайда жіберілмейді.
nav-home = Басты бет
footer-about = Балабақшаларға кезек: орындар ашық тәртіппен беріледі, әр нөмірдің себебін сұрауға болады.
footer-law = Негізі: мектепке дейінгі ұйымға кезекке қою және жолдама беру қағидалары (2020 жылғы № 254 бұйрық).

# Көрсетілім сағаты
clock-title = Көрсетілім сағаты
clock-bulletin = Келесі бюллетеньге дейін
clock-opening = Келесі ашылуға дейін
clock-hour = +1 сағат
clock-day = +1 күн

# Нысандар
form-error = Қате:
form-error-summary = Мына жерлерді түзетіңіз
form-warning = Назар аударыңыз:
form-day = Күні
form-month = Айы
form-year = Жылы
form-save = Сақтау
form-continue = Жалғастыру
notification-success = Орындалды
notification-important = Маңызды
pagination-title = Беттер
pagination-previous = Алдыңғы
pagination-next = Келесі
pagination-page = Бет: { $page }
places-count = { $count } орын
