// Three machines with etcd and Patroni, two of them with HAProxy and Kezek.
import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEPLOY, Machine, SERVER_OWNER, port } from "./machine.mjs";
import { endAll, until } from "./program.mjs";

export class Cluster {
  constructor() {
    this.home = mkdtempSync(join(tmpdir(), "kezek-ha-"));
    chmodSync(this.home, 0o755);
    // Every address that begins with 127 is this machine's own.
    const net = `127.${randomInt(2, 255)}.${randomInt(1, 255)}`;
    const secret = () => randomBytes(24).toString("hex");
    const site = { KZ1: `${net}.11`, KZ2: `${net}.12`, KZ3: `${net}.13`, NETWORK: "127.0.0.0/8" };
    for (const what of ["SUPERUSER", "REPLICATION", "OWNER", "KEZEK"]) site[`${what}_PASSWORD`] = secret();
    site.BACKUP_PASSPHRASE = secret();
    const sitePath = join(this.home, "site");
    writeFileSync(sitePath, Object.entries(site).map(([key, value]) => `${key}=${value}\n`).join(""));
    const certificates = join(this.home, "certificates");
    execFileSync(join(DEPLOY, "certificates"), [sitePath, certificates]);
    this.authority = readFileSync(join(certificates, "ca.crt"));
    this.repository = join(this.home, "repository");
    mkdirSync(this.repository);
    if (SERVER_OWNER.uid !== undefined) chownSync(this.repository, SERVER_OWNER.uid, SERVER_OWNER.gid);
    this.site = site;
    this.machines = ["kz1", "kz2", "kz3"].map((name) => new Machine(name, this.home, site));
    for (const one of this.machines) one.prepare(sitePath, certificates, this.repository);
  }

  /** The two with Kezek. */
  get nodes() {
    return this.machines.slice(0, 2);
  }

  /** Where people and programs come in. */
  get doors() {
    return this.nodes.map((one) => `https://${one.address}:${port(443)}`);
  }

  /** The database, ready to hold Kezek's. */
  async startDatabase() {
    for (const one of this.machines) one.startEtcd();
    for (const one of this.machines) one.startPatroni();
    await this.settled();
    for (const one of this.nodes) one.startHaproxy();
  }

  /** What Patroni says of the members, asked of whoever answers. */
  async members() {
    for (const one of this.machines) {
      const answer = await fetch(`http://${one.address}:${port(8008)}/cluster`).catch(() => undefined);
      if (answer?.ok) return (await answer.json()).members;
    }
    return [];
  }

  /** The machine with the primary; none while there is none. */
  async primary() {
    for (const one of this.machines) {
      const answer = await fetch(`http://${one.address}:${port(8008)}/primary`).catch(() => undefined);
      if (answer?.status === 200) return one;
    }
    return undefined;
  }

  /** A primary that is another machine; none while there is none. */
  async primaryOtherThan(machine) {
    const found = await this.primary();
    return found === machine ? undefined : found;
  }

  /** The machine without which no answer is given; none while there is none. */
  async synchronousStandby() {
    const found = (await this.members()).find((one) => one.role === "sync_standby");
    return found && this.machines.find((one) => one.name === found.name);
  }

  /** As `patronictl switchover`: the synchronous standby becomes primary. */
  async moveLeader() {
    const primary = await this.settled();
    const { name: candidate } = await this.synchronousStandby();
    const answer = await fetch(`http://${primary.address}:${port(8008)}/switchover`, {
      method: "POST",
      body: JSON.stringify({ leader: primary.name, candidate }),
    });
    if (!answer.ok) throw new Error(`the leader was not moved: ${await answer.text()}`);
  }

  /** As `patronictl edit-config`. */
  async configure(settings) {
    const { address } = await this.primary();
    const body = JSON.stringify(settings);
    const answer = await fetch(`http://${address}:${port(8008)}/config`, { method: "PATCH", body });
    if (!answer.ok) throw new Error(`the settings were not taken: ${await answer.text()}`);
  }

  /** Waits until all three follow one primary and one of them is the synchronous one; gives the primary. */
  async settled() {
    return until("a primary, a synchronous standby and one more", 120, async () => {
      const members = await this.members();
      const roles = members.filter((one) => ["running", "streaming"].includes(one.state)).map((one) => one.role);
      const all = roles.length === 3 && roles.includes("leader") && roles.includes("sync_standby");
      return all && (await this.primary());
    });
  }

  /** Ends everything; the files stay when something went wrong. */
  async end(keep) {
    for (const one of this.machines) await one.programs.patroni?.end();
    await endAll();
    if (keep) console.log(`What the programs said is kept in ${this.home}/kz*/log`);
    else rmSync(this.home, { recursive: true, force: true });
  }
}
