# Понятия закона: официальные названия
class-extraordinary = внеочередное право
class-priority = первоочередное право
class-general = на общих основаниях

benefit-serviceman = Ребёнок военнослужащего (в том числе погибшего или пропавшего без вести на службе)
benefit-special-body = Ребёнок сотрудника специального государственного органа (в том числе погибшего или пропавшего без вести)
benefit-teacher = Ребёнок педагога
benefit-parent-disabled = Ребёнок, чей законный представитель имеет инвалидность
benefit-special-needs = Ребёнок с особыми образовательными потребностями
benefit-no-parental-care = Ребёнок, оставшийся без попечения родителей
benefit-orphan = Ребёнок-сирота
benefit-large-family = Ребёнок из многодетной семьи
benefit-family-with-disabled-child = Ребёнок из семьи, воспитывающей ребёнка с инвалидностью

standing-pending = ожидаются оригиналы, до: { $until }
standing-confirmed = подтверждена
standing-lapsed = не показана в срок
standing-rejected = не доказана
standing-false = признана ложной
standing-given-up = семья отказалась

queue-general = Общая очередь
queue-special = Очередь в специальную организацию
queue-sanatorium = Очередь в санаторную организацию
mode-general = общеустановленный
mode-early = раннее бронирование
mode-temporary = временное пребывание
regime-full-day = полный день
regime-part-day = неполный день
regime-round-the-clock = круглосуточно
lang-kk = казахский
lang-ru = русский
lang-en = английский
lang-mixed = казахский и русский
ownership-state = государственный
ownership-private = частный с государственным заказом
kind-general = общеразвивающая
kind-special = специальная
kind-sanatorium = санаторная
cohort-age = { $age } { $age ->
    [one] год
    [few] года
   *[other] лет
 } на 1 сентября
cohort-ages = { $from }–{ $to } { $to ->
    [one] год
    [few] года
   *[other] лет
 } на 1 сентября
cohort-born = { $year } года рождения
until-day = по { $date }
from-day = с { $date }

status-queued = в очереди
status-window = открыт приоритетный доступ
status-referred = выдано направление
status-stop-list = в стоп-листе
status-archived = в архиве

cause-extraordinary-joined = добавилось заявление с внеочередным правом
cause-priority-joined = добавилось заявление с первоочередным правом
cause-benefit-changed = изменилась льгота у другого заявления или у вашего
cause-returned = заявление вернулось после направления или из стоп-листа
cause-referred = по заявлениям перед вами выданы направления
cause-left = заявление отозвано или перешло в другой год
cause-archived = заявление ушло в архив
cause-stop-listed = заявление попало в стоп-лист
cause-reordered = сдвинулся счёт «один к трём», никто не ушёл

stop-referral-expired = срок направления истёк без зачисления
stop-benefit-unconfirmed = после направления не показан оригинал документа о льготе
stop-benefit-false = уполномоченный орган не подтвердил льготу
stop-enrolment-docs = детский сад аннулировал зачисление из-за документов
stop-interest-not-confirmed = не подтверждён интерес к получению места
stop-already-enrolled = ребёнок числится в другом детском саду

archive-enrolled = ребёнок зачислен в детский сад
archive-withdrawn = семья отозвала заявление
archive-max-age = достигнут предельный возраст
archive-no-interest = двенадцать месяцев не подтверждён интерес
archive-moved = семья переехала в другой населённый пункт
archive-duplicate = ребёнок стоял дважды

end-annulled-by-applicant = аннулировано заявителем
end-place-withdrawn = детский сад отозвал место
end-expired = истёк срок
end-benefit-unconfirmed = льгота не подтверждена
end-benefit-false = льгота признана ложной
end-documents = нет документов или они просрочены
end-medical = медицинские противопоказания
end-withdrawn = заявление отозвано
end-permanent-claimed = выбрано постоянное место
end-enrolled-elsewhere = ребёнок зачислен по другому заявлению
end-archived = заявление ушло в архив

loss-lapsed = оригиналы не показаны в срок
loss-not-proved = документы не доказывают право
loss-false = уполномоченный орган не подтвердил
loss-given-up = семья отказалась
loss-not-shown-again = после направления оригинал не показан

how-claim = выбор семьи
how-wish = по списку пожеланий
how-push = в порядке поступления заявлений
how-family = вместе с братьями и сёстрами

withdraw-repair = капитальный ремонт
withdraw-quarantine = карантин
withdraw-order-removed = снят государственный заказ
withdraw-closure = организация закрывается
withdraw-publication-error = опубликовано по ошибке

ground-illness = Болезнь
ground-hospital = Нахождение в больнице
ground-business-trip = Командировка
ground-vacation = Отпуск
enrol-refusal-documents = Документы для договора не принесены или просрочены
enrol-refusal-medical = Есть медицинские противопоказания к приёму
close-moved = Семья переехала в другой населённый пункт
close-duplicate = Ребёнок стоит дважды

role-parent = Родитель или законный представитель
role-provider = Услугодатель
role-kindergarten = Детский сад
role-akimat = Акимат
role-state-corporation = Государственная корпорация «Правительство для граждан»
role-auditor = Аудитор
role-administrator = Администратор

paper-benefit = Документ о льготе
paper-conclusion = Заключение
paper-other = Другой документ
yes = да
no = нет
nothing = нет
