// The whole deployment on loopback: three machines with etcd and PostgreSQL under Patroni, two of them with HAProxy
// and Kezek; then one part after the other is killed while families take places. `make test-ha` runs it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as backup from "./backup.mjs";
import * as check from "./check.mjs";
import { makeCity } from "./city.mjs";
import { Client } from "./client.mjs";
import { Cluster } from "./cluster.mjs";
import { Load } from "./load.mjs";
import { sleep, until } from "./program.mjs";

const BIN = process.env.KEZEK_BIN;
/** Load before a fault and after the service is back. */
const CALM_MS = 5_000;
/** How long the primary is left alone. */
const ALONE_MS = 6_000;

let cluster;
let load;
/** Until the last test has passed. */
let failed = true;
const report = [];

before(async () => {
  assert.ok(BIN, "set KEZEK_BIN to the built program, or run `make test-ha`");
  cluster = new Cluster();
  const [city] = await Promise.all([makeCity(BIN, cluster.home), cluster.startDatabase()]);
  const primary = await cluster.primary();
  backup.begin(primary);
  primary.sqlFile(primary.path("etc/kezek/database.sql"));
  const [node] = cluster.nodes;
  const owner = readFileSync(node.path("etc/kezek/owner-url"), "utf8").trim();
  kezek(node, {}, "journal", "prepare", "--database-url", owner, "--service-role", "kezek");
  kezek(node, {}, "journal", "copy", city.folder, owner);
  for (const one of cluster.nodes) {
    for (const key of ["kezek.key", "registry.key"]) copyFileSync(join(city.folder, key), one.path(`var/lib/kezek/${key}`));
  }
  for (const one of cluster.nodes) one.startKezek(BIN);
  for (const door of cluster.doors) await isOpen(door);
  load = await Load.of(city, cluster.doors, cluster.authority);
});

after(async () => {
  load?.close();
  await cluster?.end(failed);
  console.log(["", ...report, `sent again: ${JSON.stringify(load?.troubles)}, refused: ${JSON.stringify(load?.refused)}`, ""].join("\n"));
});

/** The command line as on that machine. */
function kezek(node, other, ...args) {
  const env = { ...process.env, ...node.kezekEnvironment(), ...other };
  return execFileSync(BIN, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Facts and digest of the journal that all nodes use, or of the one at another port of the first machine. */
function verified(port) {
  const node = cluster.nodes.find((one) => one.programs.haproxy.isAlive);
  const { KEZEK_DATABASE_URL: url } = node.kezekEnvironment();
  const at = port ? url.replace(/:\d+\/kezek/, `:${port}/kezek`) : url;
  const text = kezek(node, { KEZEK_DATABASE_URL: at }, "journal", "verify");
  assert.match(text, /GOOD/);
  return { facts: Number(/facts +(\d+)/.exec(text)[1]), state: /sha256 (\w+)/.exec(text)[1] };
}

async function isOpen(door) {
  const client = new Client([door], cluster.authority);
  await client.ok("GET", "/api/v1/settlements");
  client.close();
}

/** Does harm under load and waits until the service is back; seconds without an answer. */
async function underLoad(harm) {
  load.start();
  await sleep(CALM_MS);
  const struck = Date.now();
  const isMended = await harm();
  await until("it is mended", 90, isMended);
  const mended = Date.now();
  await until("changes are acknowledged again", 60, () => load.since(mended) > 50);
  await sleep(CALM_MS);
  await load.stop();
  return load.outage_s(struck);
}

async function nothingIsLost() {
  const lost = await check.lostAnswers(load);
  assert.equal(lost.length, 0, lost.map(({ method, path, answer, again }) =>
    `${method} ${path}: first ${JSON.stringify(answer)}, then ${again.status} ${JSON.stringify(again.body)}`).slice(0, 3).join("\n"));
  const places = await check.noPlaceIsGivenTwice(load);
  const facts = check.factsAreWhole(await cluster.primary(), load);
  assert.equal(verified().facts, facts);
  return { places, facts };
}

function tell(what, outage_s, { places, facts }) {
  const acknowledged = load.acknowledged.length;
  report.push(
    `${what}: ${outage_s.toFixed(1)} s without service; ${acknowledged} answers acknowledged, all found, lost 0; ` +
      `${places} places taken, none twice; ${facts} facts, GOOD`,
  );
}

test("a Kezek node is killed", async () => {
  const [, { programs }] = cluster.nodes;
  const outage_s = await underLoad(async () => {
    const killed = programs.kezek.child.pid;
    programs.kezek.crash();
    return () => programs.kezek.isAlive && programs.kezek.child.pid !== killed;
  });
  tell("a Kezek node killed", outage_s, await nothingIsLost());
});

test("PostgreSQL of the primary is killed", async () => {
  const old = await cluster.primary();
  const outage_s = await underLoad(async () => {
    old.crashPostgres();
    return () => cluster.primaryOtherThan(old);
  });
  tell("PostgreSQL killed", outage_s, await nothingIsLost());
  await cluster.settled();
});

test("the leader moves to another machine on purpose", async () => {
  const old = await cluster.primary();
  const outage_s = await underLoad(async () => {
    await cluster.moveLeader();
    return () => cluster.primaryOtherThan(old);
  });
  tell("leader moved on purpose", outage_s, await nothingIsLost());
  await cluster.settled();
});

test("the machine with the primary, HAProxy and Kezek is lost", async () => {
  // The third machine has no Kezek; its synchronous standby is one of the two that have.
  if (!cluster.nodes.includes(await cluster.primary())) await cluster.moveLeader();
  const lost = await cluster.settled();
  assert.ok(cluster.nodes.includes(lost));
  const outage_s = await underLoad(async () => {
    lost.crashAll();
    return () => cluster.primaryOtherThan(lost);
  });
  tell("a machine lost", outage_s, await nothingIsLost());
  lost.startAll(BIN);
  await cluster.settled();
});

test("the synchronous standby is killed, and the third machine takes its part", async () => {
  await cluster.settled();
  const standby = await cluster.synchronousStandby();
  const outage_s = await underLoad(async () => {
    standby.crashDatabase();
    return async () => {
      const now = await cluster.synchronousStandby();
      return now && now !== standby;
    };
  });
  tell("synchronous standby killed", outage_s, await nothingIsLost());
  standby.startPatroni();
  await cluster.settled();
});

test("a primary that is alone acknowledges nothing, and reading goes on", async () => {
  const primary = await cluster.settled();
  const followers = cluster.machines.filter((one) => one !== primary);
  let alone;
  const outage_s = await underLoad(async () => {
    for (const one of followers) one.crashDatabase();
    // What was on its way may still arrive.
    await sleep(500);
    alone = Date.now();
    await sleep(ALONE_MS);
    assert.equal(load.since(alone), 0, "an answer was given that only one machine has");
    for (const door of cluster.doors) await isOpen(door);
    for (const one of followers) one.startPatroni();
    return () => load.since(alone) > 0;
  });
  tell("both followers killed", outage_s, await nothingIsLost());
  await cluster.settled();
});

test("a backup taken under load gives back any later moment", async () => {
  const primary = await cluster.primary();
  load.start();
  await sleep(CALM_MS);
  backup.full(primary);
  await sleep(CALM_MS);
  await load.stop();
  const then = verified();
  await sleep(1_000);
  const moment = backup.now(primary);
  await sleep(1_000);
  load.start();
  await sleep(CALM_MS);
  await load.stop();
  const { facts } = await nothingIsLost();
  assert.ok(facts > then.facts, "more was written after the moment");
  backup.archived(primary);

  const [machine] = cluster.nodes;
  const restored = await backup.restored(machine, moment);
  try {
    const again = verified(restored.port);
    assert.deepEqual(again, then, "the restored journal is the journal of that moment");
    report.push(`restored to ${moment}: ${again.facts} of ${facts} facts, the state of that moment, GOOD`);
  } finally {
    restored.stop();
  }
});

// The other way round, so that it is known that a loss would be seen; and why the setting must stay as it is.
test("without synchronous replication answers are lost, and the check finds them", async () => {
  const primary = await cluster.settled();
  await cluster.configure({ synchronous_mode: false });
  const followers = cluster.machines.filter((one) => one !== primary);
  load.start();
  for (const one of followers) one.crashDatabase();
  const alone = Date.now();
  await until("the primary acknowledges all by itself", 60, () => load.since(alone) > 200);
  primary.crashDatabase();
  for (const one of followers) one.startPatroni();
  await until("one of the followers is primary", 90, () => cluster.primaryOtherThan(primary));
  // What they hold in memory is more than what is left.
  for (const { programs } of cluster.nodes) programs.kezek.crash();
  await load.stop();
  const lost = await check.lostAnswers(load);
  assert.ok(lost.length > 0, "nothing was lost where something must be");
  report.push(`without synchronous replication, for comparison: ${lost.length} of ${load.acknowledged.length} answers lost`);
  failed = false;
});
