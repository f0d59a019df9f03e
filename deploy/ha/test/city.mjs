// A made-up town: one kindergarten whose places were published days ago, and more children inside the frontier
// than there are places. It is made in a folder with a clock of its own and becomes real by taking that clock away.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "./client.mjs";
import { Program, until } from "./program.mjs";

const SETTLEMENT = "Самал";
const KINDERGARTEN = "№ 1 «Балапан»";
const GROUPS = 12;
const PLACES_EACH = 50;
const PARENTS = 20;
const CHILDREN_EACH = 50;
const PASSWORD = "zhana-qupiya-soz-1";

/** Days before today on which the places are handed over: windows are past by now, the frontier takes all in. */
const DAYS_AGO = 10;
/** Children of three years; the groups take two to four, so that it holds on any day of the year. */
const BORN = new Date().getUTCFullYear() - 3;

/** IINs of girls or women born on this day, by the rule of the control digit. */
function* numbers(born) {
  const control = (digits, weights) => [...digits].reduce((sum, digit, at) => sum + digit * weights[at], 0) % 11;
  for (let serial = 1; serial < 10_000; serial++) {
    const sex = born.startsWith("20") ? 6 : 4;
    const digits = born.slice(2).replaceAll("-", "") + sex + String(serial).padStart(4, "0");
    const first = control(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const last = first < 10 ? first : control(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
    if (last < 10) yield digits + last;
  }
}

const csv = (rows) => rows.map((row) => row.map((cell) => `"${cell}"`).join(",") + "\n").join("");

function groups() {
  const rows = [["settlement", "time zone", "organisation", "ownership", "group", "age or year of birth", "language of teaching", "capacity", "enrolled"]];
  // The kindergarten that is wished for: it has no places, so that no opening carries a wish out.
  rows.push([SETTLEMENT, "Asia/Almaty", "№ 2 «Арман»", "state", "Топ 1", "2-4", "kk", PLACES_EACH, 0]);
  for (let at = 1; at <= GROUPS; at++) {
    rows.push([SETTLEMENT, "Asia/Almaty", KINDERGARTEN, "state", `Топ ${at}`, "2-4", "kk", PLACES_EACH, 0]);
  }
  return csv(rows);
}

function queue(parents) {
  const rows = [["settlement", "date and time of registration", "child's IIN", "child's surname", "child's name",
    "child's birth date", "parent's IIN", "parent's surname", "parent's name", "phone"]];
  const [children, day] = [numbers(`${BORN}-01-15`), `${BORN}-01-15`];
  for (let child = 0; child < CHILDREN_EACH; child++) {
    for (const parent of parents) {
      const at = String(rows.length);
      const [minute, hour] = [String(at % 60).padStart(2, "0"), String(8 + Math.floor(at / 60) % 10).padStart(2, "0")];
      rows.push([SETTLEMENT, `${BORN + 1}-03-${String(1 + Math.floor(at / 600)).padStart(2, "0")}T${hour}:${minute}:00`,
        children.next().value, "Бұлақова", `Бала ${at}`, day, parent, "Бұлақова", "Сәуле", "+7 600 000 00 01"]);
    }
  }
  return csv(rows);
}

/** Makes the town; gives `{ folder, parents: [{ iin, password }], places }` with passwords that sign in once. */
export async function makeCity(bin, home) {
  const folder = join(home, "city");
  const begin = new Date(Date.now() - DAYS_AGO * 86_400_000).toISOString().slice(0, 10) + "T05:00:00Z";
  const clock = ["--data", folder, "--clock", "virtual", "--start", begin];
  const kezek = (...args) => execFileSync(bin, [...args, ...clock], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const once = (text) => /password[^:]*: *(\S+)/.exec(text.split("\n").find((line) => line.includes("password")))[1];

  const grownUp = numbers("1985-05-05");
  const head = grownUp.next().value;
  const parents = Array.from({ length: PARENTS }, () => grownUp.next().value);
  writeFileSync(join(home, "groups.csv"), groups());
  writeFileSync(join(home, "queue.csv"), queue(parents));
  kezek("import", "organisations", join(home, "groups.csv"));
  kezek("import", "queue", join(home, "queue.csv"));
  const account = (iin, role, ...more) =>
    once(kezek("account", "add", "--iin", iin, "--surname", "Бұлақова", "--name", "Сәуле", "--role", role, ...more));
  const headPassword = account(head, "kindergarten", "--settlement", SETTLEMENT, "--kindergarten", KINDERGARTEN);
  const signIns = parents.map((iin) => ({ iin, password: account(iin, "parent") }));

  const log = join(home, "city.log");
  const server = new Program({ name: "the town", file: bin, args: ["serve", "--listen", "127.0.0.1:0", ...clock], log }).start();
  try {
    const said = () => existsSync(log) && /Kezek is at (\S+)/.exec(readFileSync(log, "utf8"));
    const [, address] = await until("the town is served", 60, said);
    const client = new Client([address]);
    await client.signInFirst(head, headPassword, PASSWORD);
    for (const { group, children } of await client.ok("GET", "/api/v1/kindergarten/groups")) {
      const body = { group, children, kind: "general", language: "kk", regime: "full_day", terms: { mode: "general" }, count: PLACES_EACH };
      await client.ok("POST", "/api/v1/kindergarten/vacancies", { key: `places-${group}`, body });
    }
    client.close();
  } finally {
    await server.end();
  }
  rmSync(join(folder, "clock"));
  return { folder, parents: signIns, password: PASSWORD, places: GROUPS * PLACES_EACH };
}
