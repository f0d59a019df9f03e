# Заңның ұғымдары: нормативтік атаулар
class-extraordinary = кезектен тыс
class-priority = бірінші кезекте
class-general = жалпы негізде

benefit-serviceman = Әскери қызметшінің баласы (қызметте қаза болған немесе хабарсыз кеткендердікі де)
benefit-special-body = Арнаулы мемлекеттік орган қызметкерінің баласы (қаза болған немесе хабарсыз кеткендердікі де)
benefit-teacher = Педагогтің баласы
benefit-parent-disabled = Заңды өкілі мүгедектігі бар адам болып табылатын бала
benefit-special-needs = Ерекше білім беру қажеттілігі бар бала
benefit-no-parental-care = Ата-анасының қамқорлығынсыз қалған бала
benefit-orphan = Жетім бала
benefit-large-family = Көп балалы отбасының баласы
benefit-family-with-disabled-child = Мүгедектігі бар баласы бар отбасының баласы

standing-pending = түпнұсқа күтілуде, мерзімі: { $until }
standing-confirmed = расталған
standing-lapsed = мерзімінде көрсетілмеген
standing-rejected = дәлелденбеген
standing-false = жалған деп танылған
standing-given-up = отбасы бас тартқан

queue-general = Жалпы кезек
queue-special = Арнайы ұйымға кезек
queue-sanatorium = Санаторийлік ұйымға кезек
mode-general = жалпы белгіленген
mode-early = ерте брондау
mode-temporary = уақытша болу
regime-full-day = толық күн
regime-part-day = жарты күн
regime-round-the-clock = тәулік бойы
lang-kk = қазақ тілі
lang-ru = орыс тілі
lang-en = ағылшын тілі
lang-mixed = қазақ және орыс тілдері
ownership-state = мемлекеттік
ownership-private = жекеменшік, мемлекеттік тапсырыспен
kind-general = жалпы дамыту
kind-special = арнайы
kind-sanatorium = санаторийлік
cohort-age = 1 қыркүйекте { $age } жас
cohort-ages = 1 қыркүйекте { $from }–{ $to } жас
cohort-born = { $year } жылы туғандар
until-day = { $date } дейін
from-day = { $date } бастап

status-queued = кезекте
status-window = басым қолжетімділік ашық
status-referred = жолдама берілген
status-stop-list = стоп-парақта
status-archived = мұрағатта

cause-extraordinary-joined = кезектен тыс құқығы бар өтініш қосылды
cause-priority-joined = бірінші кезектегі құқығы бар өтініш қосылды
cause-benefit-changed = басқа өтініштің немесе сіздікінің жеңілдігі өзгерді
cause-returned = өтініш жолдамадан немесе стоп-парақтан кезекке оралды
cause-referred = алдыңыздағы өтініштерге жолдама берілді
cause-left = өтініш кері қайтарылды немесе басқа жылға ауысты
cause-archived = өтініш мұрағатқа ауысты
cause-stop-listed = өтініш стоп-параққа ауысты
cause-reordered = бірге үш есебі жылжыды, ешкім кеткен жоқ

stop-referral-expired = жолдама мерзімі қабылдаусыз өтіп кетті
stop-benefit-unconfirmed = жолдамадан кейін жеңілдік құжатының түпнұсқасы көрсетілмеді
stop-benefit-false = уәкілетті орган жеңілдікті растамады
stop-enrolment-docs = балабақша құжаттарға байланысты қабылдауды жойды
stop-interest-not-confirmed = орын алуға мүдделілік расталмады
stop-already-enrolled = бала басқа балабақшада тұр

archive-enrolled = бала балабақшаға қабылданды
archive-withdrawn = отбасы өтінішті қайтарып алды
archive-max-age = баланың шекті жасы толды
archive-no-interest = он екі ай бойы мүдделілік расталмады
archive-moved = отбасы басқа елді мекенге көшті
archive-duplicate = бала екі рет тіркелген

end-annulled-by-applicant = өтініш беруші өзі қайтарды
end-place-withdrawn = балабақша орынды қайтарып алды
end-expired = мерзімі өтті
end-benefit-unconfirmed = жеңілдік расталмады
end-benefit-false = жеңілдік жалған деп танылды
end-documents = құжаттар болмады немесе мерзімі өтті
end-medical = медициналық қарсы көрсетілім
end-withdrawn = өтініш қайтарып алынды
end-permanent-claimed = тұрақты орын таңдалды
end-enrolled-elsewhere = бала басқа өтініш бойынша қабылданды
end-archived = өтініш мұрағатқа ауысты

loss-lapsed = түпнұсқалар мерзімінде көрсетілмеді
loss-not-proved = құжаттар құқықты дәлелдемейді
loss-false = уәкілетті орган растамады
loss-given-up = отбасы бас тартты
loss-not-shown-again = жолдамадан кейін түпнұсқа көрсетілмеді

how-claim = отбасының таңдауы
how-wish = тілектер тізімі бойынша
how-push = өтініштердің түсу ретімен
how-family = бауырларымен бірге

withdraw-repair = күрделі жөндеу
withdraw-quarantine = карантин
withdraw-order-removed = мемлекеттік тапсырыс алынды
withdraw-closure = ұйым жабылады
withdraw-publication-error = қате жарияланған

ground-illness = Ауру
ground-hospital = Ауруханада жату
ground-business-trip = Іссапар
ground-vacation = Демалыс
enrol-refusal-documents = Шартқа қажет құжаттар әкелінбеді немесе мерзімі өткен
enrol-refusal-medical = Қабылдауға медициналық қарсы көрсетілім бар
close-moved = Отбасы басқа елді мекенге көшті
close-duplicate = Бала екі рет тіркелген

role-parent = Ата-ана немесе заңды өкіл
role-provider = Көрсетілетін қызметті беруші
role-kindergarten = Балабақша
role-akimat = Әкімдік
role-state-corporation = «Азаматтарға арналған үкімет» мемлекеттік корпорациясы
role-auditor = Аудитор
role-administrator = Әкімші

paper-benefit = Жеңілдік құжаты
paper-conclusion = Қорытынды
paper-other = Басқа құжат
yes = иә
no = жоқ
nothing = жоқ
