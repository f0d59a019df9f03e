// Starts the program under test on a free port with an empty data directory, and stops it again.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

// The demonstration makes its people up first; an unoptimised build on a busy machine takes its time.
const READY_WITHIN_MS = 300_000;

/**
 * Runs `file` with `args` and waits for its line "Kezek is at http://127.0.0.1:PORT".
 * Returns `{ url, data, said, stop }`; `data` is the temporary data directory, `said` are the lines it has written so
 * far, `stop` ends the program and removes the directory.
 * Among `args`, `DATA` stands for the data directory.
 */
export async function start(file, args, environment = {}) {
  const data = mkdtempSync(join(tmpdir(), "kezek-e2e-"));
  const program = spawn(file, args.map((one) => (one === "DATA" ? data : one)), {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  let ended = false;
  const end = new Promise((resolve) =>
    program.once("close", (code) => {
      ended = true;
      resolve(code);
    }),
  );
  const stop = async () => {
    if (!ended) {
      program.kill("SIGTERM");
      const patience = setTimeout(() => program.kill("SIGKILL"), 10_000);
      await end;
      clearTimeout(patience);
    }
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const url = await new Promise((resolve, reject) => {
      const listen = (line) => {
        said.push(line);
        const found = /Kezek is at (http:\/\/\S+)/.exec(line);
        if (found) resolve(found[1].replace(/\/$/, ""));
      };
      createInterface({ input: program.stdout }).on("line", listen);
      createInterface({ input: program.stderr }).on("line", listen);
      program.once("error", reject);
      end.then((code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
      setTimeout(() => reject(new Error(`${file} was not ready in time`)), READY_WITHIN_MS).unref();
    });
    return { url, data, said, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}; it said:\n${said.slice(-20).join("\n")}`);
  }
}

/** The whole city of the demonstration; the path of the program is in the environment variable KEZEK_BIN. */
export function startCity(options = [], environment = {}) {
  const args = ["demo", "--listen", "127.0.0.1:0", "--data", "DATA", ...options];
  const file = process.env.KEZEK_BIN;
  if (!file) throw new Error("set KEZEK_BIN to the built program, or run `make e2e`");
  return start(file, args, environment);
}

/** A twentieth of the city: the same people to pick, much sooner there. */
export function startDistrict(environment = {}) {
  return startCity(["--size", "district"], environment);
}

/** The gallery of components; its path is in the environment variable KEZEK_GALLERY. */
export function startGallery() {
  const file = process.env.KEZEK_GALLERY;
  if (!file) throw new Error("set KEZEK_GALLERY to the built gallery, or run `make e2e`");
  return start(file, ["127.0.0.1:0"]);
}
