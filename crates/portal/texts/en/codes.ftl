# The terms of the law: official names
class-extraordinary = extraordinary
class-priority = priority
class-general = general

benefit-serviceman = Child of a serviceman, also of one killed or missing in service
benefit-special-body = Child of staff of a special state body, also of those killed or missing
benefit-teacher = Child of a pedagogue
benefit-parent-disabled = Child whose legal representative is disabled
benefit-special-needs = Child with special educational needs
benefit-no-parental-care = Child left without parental care
benefit-orphan = Orphan
benefit-large-family = Child of a large family
benefit-family-with-disabled-child = Child of a family with a disabled child

standing-pending = originals awaited until { $until }
standing-confirmed = confirmed
standing-lapsed = not shown in time
standing-rejected = not proved
standing-false = found false
standing-given-up = given up by the family

queue-general = General queue
queue-special = Queue for a special organisation
queue-sanatorium = Queue for a sanatorium organisation
mode-general = generally established
mode-early = early booking
mode-temporary = temporary stay
regime-full-day = full day
regime-part-day = part of the day
regime-round-the-clock = round the clock
lang-kk = Kazakh
lang-ru = Russian
lang-en = English
lang-mixed = Kazakh and Russian
ownership-state = state
ownership-private = private with a state order
kind-general = general development
kind-special = special
kind-sanatorium = sanatorium
cohort-age = age { $age } on 1 September
cohort-ages = ages { $from }–{ $to } on 1 September
cohort-born = born in { $year }
until-day = until { $date }
from-day = from { $date }

status-queued = in the queue
status-window = priority access is open
status-referred = referral issued
status-stop-list = on the stop-list
status-archived = in the archive

cause-extraordinary-joined = an extraordinary application joined
cause-priority-joined = a priority application joined
cause-benefit-changed = the benefit status of an application changed
cause-returned = an application came back from a referral or the stop-list
cause-referred = an application got a referral
cause-left = an application was withdrawn or moved to another year
cause-archived = an application went into the archive
cause-stop-listed = an application went into the stop-list
cause-reordered = the count of one to three moved and nobody left

stop-referral-expired = the referral ran out without enrolment
stop-benefit-unconfirmed = the original of the benefit paper was not shown after the referral
stop-benefit-false = the authorised body found the benefit false
stop-enrolment-docs = the kindergarten annulled the enrolment for documents
stop-interest-not-confirmed = interest in a place was not confirmed
stop-already-enrolled = the child is found in another kindergarten

archive-enrolled = the child is enrolled
archive-withdrawn = the family withdrew the application
archive-max-age = the maximum possible age is reached
archive-no-interest = twelve months without confirmed interest
archive-moved = the family moved to another settlement
archive-duplicate = the child stood twice

end-annulled-by-applicant = given back by the applicant
end-place-withdrawn = the kindergarten took the place back
end-expired = ran out
end-benefit-unconfirmed = the benefit was not confirmed
end-benefit-false = the benefit was found false
end-documents = documents missing or out of date
end-medical = medical contraindications
end-withdrawn = the application was withdrawn
end-permanent-claimed = a permanent place was taken
end-enrolled-elsewhere = the child was enrolled on another application
end-archived = the application was archived

loss-lapsed = originals were not shown in time
loss-not-proved = the papers do not prove it
loss-false = the authorised body answered no
loss-given-up = given up by the family
loss-not-shown-again = not shown again after the referral

how-claim = chosen by the family
how-wish = by the wish list
how-push = in order of receipt
how-family = with brothers and sisters

withdraw-repair = capital repair
withdraw-quarantine = quarantine
withdraw-order-removed = the state order was removed
withdraw-closure = the organisation closes
withdraw-publication-error = published by mistake

ground-illness = Illness
ground-hospital = In hospital
ground-business-trip = Business trip
ground-vacation = Vacation
enrol-refusal-documents = Documents for the contract not brought or out of date
enrol-refusal-medical = Medical contraindications to admission
close-moved = The family moved to another settlement
close-duplicate = The child stands twice

role-parent = Parent or legal representative
role-provider = Service provider
role-kindergarten = Kindergarten
role-akimat = Akimat
role-state-corporation = State Corporation “Government for Citizens”
role-auditor = Auditor
role-administrator = Administrator

paper-benefit = Paper about a benefit
paper-conclusion = Conclusion
paper-other = Another paper
yes = yes
no = no
nothing = none
