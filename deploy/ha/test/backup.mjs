// Backup, archive, and the way back to a moment, as README.md tells the operator.
import { chownSync, mkdirSync } from "node:fs";
import { SERVER_OWNER, port } from "./machine.mjs";
import { until } from "./program.mjs";

/** Once, when the cluster has been made. */
export function begin(primary) {
  primary.pgbackrest("stanza-create");
  primary.pgbackrest("check");
}

export function full(primary) {
  primary.pgbackrest("--type=full", "backup");
}

/** The database's own time, to the microsecond. */
export function now(primary) {
  return primary.sql("select clock_timestamp()")[0];
}

/** Closes the present WAL file and waits until it is in the archive. */
export function archived(primary) {
  primary.pgbackrest("check");
}

/** The database of a moment, in a directory of its own, beside the living one; `{ port, stop }`. */
export async function restored(machine, moment) {
  const data = machine.path("var/lib/postgresql/15/restored");
  mkdirSync(data, { mode: 0o700 });
  if (SERVER_OWNER.uid !== undefined) chownSync(data, SERVER_OWNER.uid, SERVER_OWNER.gid);
  machine.pgbackrest(`--pg1-path=${data}`, "--type=time", `--target=${moment}`, "--target-action=promote", "restore");
  const own = port(5432) + 1;
  const sockets = machine.path("var/run/postgresql");
  const settings = [`port=${own}`, "archive_mode=off", "synchronous_standby_names=",
    `listen_addresses=${machine.address}`, `unix_socket_directories=${sockets}`];
  const options = settings.map((one) => `-c ${one}`).join(" ");
  machine.pg("pg_ctl", "start", "--pgdata", data, "--wait", "--timeout=120", "--log", machine.path("log/restored"), "--options", options);
  const stop = () => machine.pg("pg_ctl", "stop", "--pgdata", data, "--mode=fast");
  await until("the restored database has come to its moment", 60, () => {
    return machine.sql("select not pg_is_in_recovery()", "postgres", own)[0] === "t";
  });
  return { port: own, stop };
}
