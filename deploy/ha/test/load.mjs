// Families at work: each parent changes wishes and takes places for her children, one change after the other.
import { randomUUID } from "node:crypto";
import { Client } from "./client.mjs";
import { sleep } from "./program.mjs";

const SETTLEMENT = 0;
/** Between two changes of a parent. */
const PAUSE_MS = 150;
/** So many changes of wishes to one claim, so that the places last as long as the test. */
const WISHES_A_CLAIM = 9;

export class Load {
  /** What was acknowledged: `{ at, client, method, path, options, answer }`. */
  acknowledged = [];
  /** What was refused by the rules, by code. */
  refused = {};
  /** What had to be sent again, by what was seen. */
  troubles = {};
  /** Changes sent whose answer is not there yet. */
  waiting = 0;

  static async of(city, doors, authority) {
    const load = new Load();
    load.parents = [];
    for (const { iin, password } of city.parents) {
      const client = new Client(doors, authority);
      client.onAgain = (what) => (load.troubles[what] = (load.troubles[what] ?? 0) + 1);
      await client.signInFirst(iin, password, city.password);
      const applications = await client.ok("GET", "/api/v1/applications");
      load.parents.push({ client, queued: applications.map((one) => one.application) });
    }
    const vacancies = await load.parents[0].client.ok("GET", `/api/v1/vacancies?settlement=${SETTLEMENT}`);
    load.vacancies = vacancies.map((one) => one.vacancy);
    const organisations = await load.parents[0].client.ok("GET", "/api/v1/organisations?settlement=" + SETTLEMENT);
    load.wished = organisations.find((one) => one.organisation !== vacancies[0].organisation).organisation;
    load.offered = Object.fromEntries(vacancies.map((one) => [one.vacancy, one.free]));
    return load;
  }

  start() {
    this.goesOn = true;
    this.failure = undefined;
    const loops = this.parents.map((parent) => this.#work(parent));
    this.done = Promise.all(loops).catch((error) => {
      this.goesOn = false;
      this.failure = error;
    });
    return this;
  }

  /** No change is begun any more; those on their way are carried through. */
  async stop() {
    this.goesOn = false;
    await this.done;
    if (this.failure) throw this.failure;
  }

  async #work(parent) {
    while (this.goesOn && parent.queued.length > 0) {
      const at = Math.floor(Math.random() * parent.queued.length);
      const application = parent.queued[at];
      if (Math.random() * (WISHES_A_CLAIM + 1) < 1) {
        const vacancy = any(this.vacancies);
        const answer = await this.#change(parent.client, "POST", `/api/v1/applications/${application}/claim`, { vacancy });
        if (answer) parent.queued.splice(at, 1);
      } else {
        const choices = [{ organisation: this.wished, language: any(["kk", "ru", "en"]) }];
        await this.#change(parent.client, "PUT", `/api/v1/applications/${application}/wishes`, { choices });
      }
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }

  /** The answer when it was accepted. */
  async #change(client, method, path, body) {
    const options = { key: randomUUID(), body };
    this.waiting += 1;
    const answer = await client.decided(method, path, options);
    this.waiting -= 1;
    if (answer.status >= 300) {
      const { code } = answer.body;
      this.refused[code] = (this.refused[code] ?? 0) + 1;
      return undefined;
    }
    this.acknowledged.push({ at: Date.now(), client, method, path, options, answer: answer.body });
    return answer.body;
  }

  /** Answers that came after a moment. */
  since(moment) {
    return this.acknowledged.filter((one) => one.at > moment).length;
  }

  /** Seconds without an answer: the longest pause between two of them since a moment. */
  outage_s(since) {
    let longest = 0;
    let last = since;
    for (const { at } of this.acknowledged) {
      if (at <= since) continue;
      longest = Math.max(longest, at - last);
      last = at;
    }
    return longest / 1000;
  }

  close() {
    for (const { client } of this.parents) client.close();
  }
}

const any = (list) => list[Math.floor(Math.random() * list.length)];
