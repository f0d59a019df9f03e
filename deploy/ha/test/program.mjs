// A program under test: started, killed, and started again after a moment as systemd would.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** As `RestartSec` of the unit. */
const RESTART_AFTER_MS = 1000;

const running = new Set();

/** Pauses. */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `ask` gives something true and gives it back; after `patience_s` it fails with what was last seen. */
export async function until(what, patience_s, ask) {
  const end = Date.now() + patience_s * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const found = await ask();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`waited ${patience_s} s in vain for: ${what}; last: ${last?.message ?? JSON.stringify(last)}`);
}

export class Program {
  /** `always`: it is started again whenever it ends, until it is told to end. */
  constructor({ name, file, args = [], env = {}, owner, log, always = false }) {
    Object.assign(this, { name, file, args, env, owner, log, always });
    /** How often it ended without being asked to. */
    this.ended = 0;
  }

  start() {
    this.wanted = true;
    this.#spawn();
    running.add(this);
    return this;
  }

  #spawn() {
    const log = openSync(this.log, "a");
    const child = spawn(this.file, this.args, {
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", ...this.env },
      stdio: ["ignore", log, log],
      detached: true,
      ...this.owner,
    });
    closeSync(log);
    this.child = child;
    this.over = new Promise((resolve) => {
      child.once("error", resolve);
      child.once("exit", resolve);
    }).then(() => {
      if (!this.wanted) return;
      this.ended += 1;
      if (this.always) setTimeout(() => this.wanted && this.#spawn(), RESTART_AFTER_MS);
    });
  }

  get isAlive() {
    return this.child?.exitCode === null && this.child?.signalCode === null;
  }

  /** As a crash: it is started again if it always is. */
  crash() {
    this.child.kill("SIGKILL");
  }

  /** It dies and stays dead. */
  kill() {
    this.wanted = false;
    running.delete(this);
    this.crash();
  }

  /** Ends it for good. */
  async end(signal = "SIGTERM") {
    this.wanted = false;
    running.delete(this);
    if (!this.isAlive) return;
    this.child.kill(signal);
    const patience = setTimeout(() => this.child.kill("SIGKILL"), 20_000);
    await this.over;
    clearTimeout(patience);
  }

  /** The last lines it said. */
  said(lines = 15) {
    return readFileSync(this.log, "utf8").trim().split("\n").slice(-lines).join("\n");
  }
}

/** Whatever still runs when the test ends, also by Ctrl-C. */
export async function endAll() {
  await Promise.all([...running].reverse().map((one) => one.end()));
}
