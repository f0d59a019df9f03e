# Public pages
public-settlement = Settlement
public-show = Show
public-all = All
column-organisation = Kindergarten
column-place = Place
column-reason = Reason
column-children = Children
column-places = Places
column-free = Free
column-enrol-from = Enrolment from
column-number = Number
column-application = Application
column-class = Class
column-status = State
column-registered = Registered
column-when = When
column-year = Year of birth
column-how = How
column-access = Open to

bulletin-title = Bulletin of vacant places
bulletin-of-day = Bulletin of { $date }
bulletin-none = No bulletin has been published yet.
bulletin-empty-day = On this day no places were handed over or taken back.
bulletin-next = Next bulletin: { $when }.
bulletin-frozen = Bulletins and openings are halted by an act until { $until }.
bulletin-opening = Priority access to places of general kindergartens opens the next morning; special and sanatorium places are given by referral in order of receipt.
bulletin-published = Places handed over
bulletin-by-age = Places by year of birth and age
bulletin-withdrawn = Places taken back
bulletin-past = Past bulletins
bulletin-total = { $count } { $count ->
    [one] place
   *[other] places
 } published in all.

places-title = Free places
places-none = There are no free places of this kind now.
places-none-do = Widen the filter. If you are in the queue, make a wish list: it is carried out by itself at the morning opening.
places-own = What your own application can take is shown under “My applications”.
places-language = Language
places-age = Age on 1 September
places-mode = Mode
phase-published = waits for the opening
phase-windows = priority access until { $until }
phase-ended = waits for the next opening
phase-open = open to the next in the queue

queue-title = The general queue
queue-lead = The queue is kept apart for each year of birth. No personal data is shown here.
queue-year = Born in { $year }
queue-count = { $count } { $count ->
    [one] application
   *[other] applications
 }
queue-empty = Nobody stands in this queue.
queue-order = Order: extraordinary first, then one priority application for three general ones, by time of registration inside.
queue-hidden = Queues for special and sanatorium organisations are not shown: they are health data.

state-title = State of an application
state-lead = To look without signing in, give the application's number and the child's date of birth.
state-number = Number of the application
state-number-hint = Written in the notice and in the list of the queue
state-number-wrong = Type the number of the application in digits.
state-born = The child's date of birth
state-born-hint = For example: 12 6 2019
state-born-wrong = Check day, month and year: there is no such date.
state-not-found = There is no application with this number and date of birth in the general queue. Check both. Applications in special and sanatorium queues are shown in the account only.
state-too-many = Too many tries for this application. Try again in a day or sign in.

referrals-title = Protocol of issued referrals
referrals-lead = Referrals are shown by application number, without personal data.
referrals-none = There are no referrals.
referrals-day = Day
referral-live = live
referral-enrolled = the child is enrolled
referral-ended = ended

now-window = Priority access is open to you; it ends on { $until }. Choose a place. If you do not, your number stays and the places left open to the next in the queue as well.
now-open = { $count } { $count ->
    [one] offer
   *[other] offers
 } of the places left are open to you. Whoever chooses first gets them.
now-queued = Your application stands in the queue as number { $number }.
now-nothing = Nothing needs to be done now: we tell you when your turn comes.
now-age-limit = The child reaches the age limit: on { $date } the application goes into the archive (order No. 254, clause 18).
now-wishes = Your wish list is looked at at every opening and carried out when your turn comes. Next opening: { $when }.
now-no-wishes = Make a wish list: it is looked at at every opening and carried out by itself when your turn comes. Next opening: { $when }.
now-interest-asked = Confirm your interest in a place by { $until }. Otherwise the application goes to the stop-list; its time is kept.
now-originals = Show the originals of the benefit papers by { $until }. Otherwise the application stays in the queue on general grounds.
now-temporary = A temporary place was given: { $organisation }. The application stays in the queue.
now-referred = A referral is issued: { $organisation }. Bring the documents and have the child enrolled by { $until }. If you do not, the application goes to the stop-list and later comes back with its original time.
now-confirmed = The originals are confirmed; the kindergarten completes the enrolment.
now-bring = Show the originals of the benefit papers by { $until }.
now-annul = You may give the referral back without consequences until { $until }.
now-early = The place is booked early: { $organisation }. The referral's validity begins when the place is free; we tell you.
now-stopped = The application is on the stop-list: { $reason }. It comes back by itself after { $until }. Its original time is kept.
now-stopped-interest = The application is on the stop-list: { $reason }. Confirm your interest and it comes back at once.
now-stopped-enrolled = The application is on the stop-list: { $reason }. It comes back when the kindergarten confirms that the child left.
now-archived = The application is in the archive: { $reason }.
now-archived-do = If you disagree, you can complain to the provider; you can also apply anew.
numbers-title = Your numbers
numbers-queue = In the queue of those born in { $year }
numbers-of = { $number } of { $of }
numbers-pool = For places: { $pool }
numbers-why = Why did my number change?
numbers-moved = The number last changed on { $when }. Cause: { $causes }.
numbers-never = The number has not changed since registration.
