use fastrand::Rng;

use super::super::city::Size;
use super::super::plan::{Mix, Plan};
use super::*;

/// A lawful run of the broad mix in its first scene, to be broken by the tests.
struct Run {
    city: City,
    before: Standing,
    claims: Vec<Claim>,
    answers: Vec<Answer>,
    given: Vec<Given>,
}

impl Run {
    fn new(scene: Scene) -> Run {
        let size = Size { applications: 3_000, places: 400, kindergartens: 5, others: 0 };
        let mut rng = Rng::with_seed(9);
        let city = City::new(size, &mut rng);
        let plan = Plan::new(&city, 100, &mut rng);
        let before = plan.before(scene).clone();
        let claims = plan.claims(Mix::Broad, scene).to_vec();
        let (mut standing, may) = (before.clone(), holders(&city));
        let mut by_key: BTreeMap<u32, Answer> = BTreeMap::new();
        let mut answers = Vec::new();
        for claim in &claims {
            let answer = *by_key.entry(claim.key).or_insert_with(|| {
                if standing.given.contains_key(&claim.application) {
                    Answer::LiveReferral
                } else if scene == Scene::Windows && !may.contains(&claim.application) {
                    Answer::NoAccess
                } else if standing.give(claim.application, claim.vacancy) {
                    Answer::Given
                } else {
                    Answer::PlaceTaken
                }
            });
            answers.push(answer);
        }
        let given = (0..).zip(&standing.given);
        let given = given.map(|(place, (application, vacancy))| Given {
            application: *application,
            vacancy: *vacancy,
            place: Some(place),
        });
        Run { given: given.collect(), city, before, claims, answers }
    }

    fn check(&self, scene: Scene) -> Result<usize, Fault> {
        check(&self.city, scene, &self.before, &self.claims, &self.answers, &self.given)
    }

    /// The place in the list of somebody who got a place in the run.
    fn a_new_one(&self) -> usize {
        self.given.iter().position(|one| !self.before.given.contains_key(&one.application)).unwrap()
    }

    fn answer_at(&self, answer: Answer) -> usize {
        self.answers.iter().position(|one| *one == answer).unwrap()
    }
}

#[test]
fn a_lawful_run_passes() {
    for scene in [Scene::Windows, Scene::Open] {
        let run = Run::new(scene);
        let new = run.given.len() - run.before.given.len();
        assert_eq!(run.check(scene), Ok(new));
        assert!(new > 50, "{new}");
    }
}

#[test]
fn a_place_given_twice_is_found() {
    let mut run = Run::new(Scene::Open);
    run.given[1].place = run.given[0].place;
    assert!(matches!(run.check(Scene::Open), Err(Fault::PlaceTwice(_))));

    // Without numbers of places: one more than there are.
    let mut run = Run::new(Scene::Open);
    for one in &mut run.given {
        one.place = None;
    }
    let full = run.given[0].vacancy;
    let outside = (0..3_000).filter(|id| run.given.iter().all(|one| one.application != *id));
    let more = outside.take(200).map(|application| Given { application, vacancy: full, place: None });
    run.given.extend(more.collect::<Vec<_>>());
    assert!(matches!(run.check(Scene::Open), Err(Fault::TooMany { vacancy, .. }) if vacancy == full));
}

#[test]
fn an_applicant_with_two_places_is_found() {
    let mut run = Run::new(Scene::Open);
    let mut again = run.given[0];
    again.place = Some(1_000_000);
    run.given.push(again);
    assert_eq!(run.check(Scene::Open), Err(Fault::ApplicantTwice(again.application)));
}

#[test]
fn a_claim_without_a_window_is_found() {
    let mut run = Run::new(Scene::Windows);
    let holders = holders(&run.city);
    let at = run.a_new_one();
    let year = run.city.vacancies[run.given[at].vacancy as usize].year;
    let outsider = (0..3_000)
        .find(|id| !holders.contains(id) && run.city.applications[*id as usize].year == year)
        .unwrap();
    run.given[at].application = outsider;
    assert!(matches!(run.check(Scene::Windows), Err(Fault::NoAccess(found, _)) if found == outsider));
}

#[test]
fn a_place_for_children_of_another_year_is_found() {
    let mut run = Run::new(Scene::Open);
    let at = run.a_new_one();
    let (application, year) =
        (run.given[at].application, run.city.vacancies[run.given[at].vacancy as usize].year);
    let (other, _) = (0..).zip(&run.city.vacancies).find(|(_, one)| one.year != year).unwrap();
    // One who had that place gives it up, so that places are not the fault that is found.
    run.given.retain(|one| one.vacancy != other || run.before.given.contains_key(&one.application));
    let at = run.given.iter().position(|one| one.application == application).unwrap();
    run.given[at].vacancy = other;
    let found = run.check(Scene::Open);
    assert!(matches!(found, Err(Fault::NoAccess(..) | Fault::TooMany { .. })), "{found:?}");
}

#[test]
fn a_place_that_was_promised_and_not_kept_is_found_and_one_nobody_was_told_of() {
    let mut run = Run::new(Scene::Open);
    run.given.remove(run.a_new_one());
    assert!(matches!(run.check(Scene::Open), Err(Fault::NotKept(_))));

    let mut run = Run::new(Scene::Open);
    let silent = run.given[run.a_new_one()].application;
    for (claim, answer) in run.claims.iter().zip(&mut run.answers) {
        if claim.application == silent {
            *answer = Answer::PlaceTaken;
        }
    }
    assert_eq!(run.check(Scene::Open), Err(Fault::NotTold(silent)));
}

#[test]
fn a_lost_place_of_before_and_a_lost_answer_are_found() {
    let mut run = Run::new(Scene::Open);
    let lost = *run.before.given.keys().next().unwrap();
    run.given.retain(|one| one.application != lost);
    assert_eq!(run.check(Scene::Open), Err(Fault::OtherBefore(lost)));

    let mut run = Run::new(Scene::Open);
    run.answers.pop();
    assert!(matches!(run.check(Scene::Open), Err(Fault::Unanswered(..))));
}

#[test]
fn a_refusal_that_does_not_hold_is_found() {
    let mut run = Run::new(Scene::Windows);
    let at = run.answer_at(Answer::NoAccess);
    let holders = holders(&run.city);
    run.claims[at].application = *holders.iter().next().unwrap();
    assert_eq!(run.check(Scene::Windows), Err(Fault::WrongRefusal(at, Answer::NoAccess)));

    let mut run = Run::new(Scene::Windows);
    let at = run.answer_at(Answer::NoAccess);
    run.answers[at] = Answer::Other;
    assert_eq!(run.check(Scene::Windows), Err(Fault::WrongRefusal(at, Answer::Other)));
}

#[test]
fn another_answer_to_the_same_key_is_found() {
    let mut run = Run::new(Scene::Open);
    let is_repeated = |(at, claim): (usize, &Claim)| {
        (claim.key as usize != at && run.answers[at] == Answer::Given).then_some(at)
    };
    let at = run.claims.iter().enumerate().find_map(is_repeated).unwrap();
    run.answers[at] = Answer::LiveReferral;
    assert_eq!(run.check(Scene::Open), Err(Fault::OtherAnswer(at)));
}
