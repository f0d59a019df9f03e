// A program that uses Kezek's interface as docs/api.md asks: each change has a key of its own, and whatever has no
// clear answer is sent again with the same key, through another door if need be.
import http from "node:http";
import https from "node:https";
import { sleep } from "./program.mjs";

/** No answer for so long: the caller asks again. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 300;
const PAUSE_MOST_MS = 2_000;

export class Client {
  /** `doors`: addresses of the same service; `authority`: whose certificates are believed. */
  constructor(doors, authority) {
    this.doors = doors;
    this.door = Math.floor(Math.random() * doors.length);
    const agent = { keepAlive: true, maxSockets: 4, ca: authority };
    this.agents = { "http:": new http.Agent(agent), "https:": new https.Agent(agent) };
    /** How often something had to be sent again. */
    this.again = 0;
  }

  /** One attempt: `{ status, headers, body }`, or an error when no whole answer came. */
  once(method, path, { body, key } = {}) {
    const url = new URL(path, this.doors[this.door]);
    const headers = { accept: "application/json", "accept-language": "en" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (key) headers["idempotency-key"] = key;
    if (body !== undefined) headers["content-type"] = "application/json";
    const { request } = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const call = request(url, { method, headers, agent: this.agents[url.protocol] }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", reject);
        answer.on("aborted", () => reject(new Error("the answer was cut off")));
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString();
          try {
            resolve({ status: answer.statusCode, headers: answer.headers, body: text ? JSON.parse(text) : undefined });
          } catch {
            resolve({ status: answer.statusCode, headers: answer.headers, body: { detail: text } });
          }
        });
      });
      const patience = setTimeout(() => call.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
      call.on("close", () => clearTimeout(patience));
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Until there is an answer: neither silence, nor an error of the service, nor "later". */
  async decided(method, path, options, patience_s = 180) {
    const end = Date.now() + patience_s * 1000;
    for (;;) {
      let last;
      let pause = PAUSE_MS;
      try {
        const answer = await this.once(method, path, options);
        if (answer.status < 500 && answer.status !== 429) return answer;
        last = `${answer.status} ${JSON.stringify(answer.body)}`;
        pause = Math.min(Number(answer.headers["retry-after"] ?? 0) * 1000 || PAUSE_MS, PAUSE_MOST_MS);
        this.lastError = `${answer.status} ${answer.body?.code ?? answer.body?.detail?.slice(0, 40)}`;
      } catch (error) {
        last = this.lastError = error.code ?? error.message;
      }
      if (Date.now() > end) throw new Error(`${method} ${path}: no answer in ${patience_s} s; last: ${last}`);
      this.again += 1;
      this.onAgain?.(this.lastError);
      this.door = (this.door + 1) % this.doors.length;
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  /** What must be accepted; gives the body. */
  async ok(method, path, options) {
    const answer = await this.decided(method, path, options);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async signIn(iin, password) {
    this.token = undefined;
    const { token } = await this.ok("POST", "/api/v1/sessions", { body: { iin, password } });
    this.token = token;
  }

  /** The password that signs in once, replaced by a lasting one. */
  async signInFirst(iin, oneTime, lasting) {
    await this.signIn(iin, oneTime);
    const { token } = await this.ok("POST", "/api/v1/sessions/password", { body: { present: oneTime, new: lasting } });
    this.token = token;
  }

  close() {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}
