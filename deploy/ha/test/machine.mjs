// A machine is a directory and a loopback address here: the same files at the same places below that directory,
// the same programs. Only addresses, ports and places differ from the deployment.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "./program.mjs";

export const DEPLOY = dirname(dirname(fileURLToPath(import.meta.url)));

/** Added to every port of the deployment, so that a PostgreSQL of the machine's own does not meet ours. */
const PORTS_FROM = 22_000;
export const port = (usual) => PORTS_FROM + usual;
const OUR_PORTS = /\b(443|2379|2380|5000|5432|8008|8080)\b/g;
const PLACES = /(?<![\w.:])\/(etc|var)\//g;
const BIN = "/usr/lib/postgresql/15/bin";

/** PostgreSQL refuses to run as root; then it runs as Debian's user for it. */
export const SERVER_OWNER = userInfo().uid === 0 ? ids("postgres") : {};

function ids(user) {
  const id = (what) => Number(execFileSync("id", [what, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export class Machine {
  constructor(name, home, site) {
    this.name = name;
    this.site = site;
    this.address = site[name.toUpperCase()];
    this.root = join(home, name);
    /** By what they do: etcd, patroni, haproxy, kezek. */
    this.programs = {};
  }

  path(...parts) {
    return join(this.root, ...parts);
  }

  /** Writes the machine's files, the repository of backups shared like a network directory. */
  prepare(sitePath, certificates, repository) {
    execFileSync(join(DEPLOY, "fill"), [sitePath, this.name, this.root]);
    for (const file of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) this.#move(join(file.parentPath ?? file.path, file.name));
    }
    for (const place of [
      "var/lib/etcd", "var/lib/postgresql/15", "var/lib/pgbackrest/lock", "var/log/pgbackrest", "var/spool/pgbackrest",
      "var/run/postgresql", "log",
    ]) {
      mkdirSync(this.path(place), { recursive: true });
    }
    mkdirSync(this.path("var/lib/kezek"), { recursive: true, mode: 0o700 });
    symlinkSync(repository, this.path("var/lib/pgbackrest/repository"));
    const { crt, key } = { crt: join(certificates, `${this.name}.crt`), key: join(certificates, `${this.name}.key`) };
    copyFileSync(join(certificates, "ca.crt"), this.path("etc/kezek/ca.crt"));
    copyFileSync(crt, this.path("etc/kezek/machine.crt"));
    copyFileSync(key, this.path("etc/kezek/machine.key"));
    chmodSync(this.path("etc/kezek/machine.key"), 0o600);
    writeFileSync(this.path("etc/kezek/public.pem"), readFileSync(crt, "utf8") + readFileSync(key, "utf8"));
    if (SERVER_OWNER.uid !== undefined) {
      execFileSync("chown", ["-R", `${SERVER_OWNER.uid}:${SERVER_OWNER.gid}`, this.root]);
    }
  }

  /** The one change to the deployment's files. */
  #move(file) {
    const text = readFileSync(file, "utf8")
      .replace(PLACES, `${this.root}/$1/`)
      .replaceAll("127.0.0.1", this.address)
      .replace(OUR_PORTS, (usual) => String(port(Number(usual))))
      // There is no log of the system's here, no user for HAProxy, and few open files are allowed.
      .replace(/^ +(log |option tcplog|option httplog|user |group |maxconn ).*\n/gm, "")
      .replace("local   all         postgres                   peer", "local   all         postgres                   trust");
    writeFileSync(file, text);
  }

  #start(what, options) {
    const log = this.path("log", what);
    this.programs[what] = new Program({ name: `${what} on ${this.name}`, log, owner: SERVER_OWNER, ...options });
    return this.programs[what].start();
  }

  startEtcd() {
    const env = settings(this.path("etc/default/etcd"));
    // Nothing of a test need outlive the machine's power.
    return this.#start("etcd", { file: "etcd", args: ["--unsafe-no-fsync"], env, always: true });
  }

  startPatroni() {
    return this.#start("patroni", { file: "patroni", args: [this.path("etc/patroni/config.yml")] });
  }

  startHaproxy() {
    return this.#start("haproxy", { file: haproxy(), args: ["-db", "-f", this.path("etc/haproxy/haproxy.cfg")], always: true });
  }

  /** As the unit says, user and fences apart. */
  startKezek(bin) {
    const [, line] = /^ExecStart=\S+ (.*)$/m.exec(readFileSync(this.path("etc/systemd/system/kezek.service"), "utf8"));
    const env = { ...this.kezekEnvironment(), RUST_LOG: "info,sqlx=error" };
    return this.#start("kezek", { file: bin, args: line.split(" "), env, owner: {}, always: true });
  }

  kezekEnvironment() {
    return settings(this.path("etc/kezek/kezek.env"));
  }

  /** The database's process, as its own file says. */
  get postmaster() {
    const file = this.path("var/lib/postgresql/15/kezek/postmaster.pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : undefined;
  }

  /** The database gone at one blow: its keeper, the server and every process of it. */
  crashDatabase() {
    const server = this.postmaster;
    this.programs.patroni.crash();
    crashTree(server);
  }

  /** PostgreSQL alone, its keeper lives. */
  crashPostgres() {
    crashTree(this.postmaster);
  }

  /** No power. */
  crashAll() {
    const server = this.postmaster;
    for (const one of Object.values(this.programs)) one.kill();
    crashTree(server);
  }

  /** Power again: everything starts as at a boot. */
  startAll(bin) {
    this.startEtcd();
    this.startPatroni();
    if (this.programs.haproxy) this.startHaproxy();
    if (this.programs.kezek) this.startKezek(bin);
  }

  /** A statement on this machine's server, by its socket; the lines of the answer. */
  sql(statement, database = "postgres", at = port(5432)) {
    return this.#psql(database, at, "-c", statement).trim().split("\n");
  }

  sqlFile(file) {
    this.#psql("postgres", port(5432), "-f", file);
  }

  #psql(database, at, ...what) {
    const where = ["-h", this.path("var/run/postgresql"), "-p", String(at), "-U", "postgres", "-d", database];
    return execFileSync("psql", [...where, "-XAtq", "-v", "ON_ERROR_STOP=1", ...what], {
      encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
    });
  }

  pgbackrest(...args) {
    const fixed = [`--config=${this.path("etc/pgbackrest.conf")}`, "--stanza=kezek"];
    return execFileSync("pgbackrest", [...fixed, ...args], { encoding: "utf8", ...SERVER_OWNER, cwd: this.root });
  }

  /** A program of the server's package. */
  pg(program, ...args) {
    return execFileSync(join(BIN, program), args, { encoding: "utf8", ...SERVER_OWNER, cwd: this.root });
  }
}

function crashTree(pid) {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  for (const one of [pid, ...children.trim().split(/\s+/).map(Number)]) {
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It ended with its parent.
    }
  }
}

function haproxy() {
  return existsSync("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";
}

/** The lines NAME=VALUE of a file. */
function settings(file) {
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
