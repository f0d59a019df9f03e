// What a verified receipt proves, or why one proves nothing, in plain words: `t(id, variables)` gives the words.

/** `{ holds, title, lines, rows: [[what, value]], raw }`. */
export function tell(t, proved) {
  const { entry, opened } = proved;
  const hidden = new Map(opened.map(({ field, value }) => [field, read(value)]));
  const fact = entry.fact ?? entry.part ?? hidden.get("fact") ?? {};
  const told = tellFact(t, fact, entry, hidden);
  const rows = [...told.rows];
  const origin = proved.checkpoint.origin;
  const lines = [
    told.line,
    t("verify-place", { index: String(proved.index + 1n), size: String(proved.checkpoint.size), origin }),
    witnessLine(t, proved),
    opened.length > 0 ? t("verify-opened") : t(entry.commitment === null ? "verify-open" : "verify-closed"),
  ];
  const raw = [proved.line, ...opened.map(({ field, value }) => `${field}: ${value}`)];
  return { holds: true, title: t("verify-yes"), lines, rows, raw };
}

/** The same shape for what was thrown. */
export function tellFailure(t, error) {
  const why = error.code === undefined ? "form" : error.code;
  const lines = [t(`verify-why-${why}`), t("verify-no-do")];
  return { holds: false, title: t("verify-no"), lines, rows: [], raw: error.detail ? [error.detail] : [] };
}

function tellFact(t, fact, entry, hidden) {
  const { registered, referral_issued: referral } = fact;
  if (registered) {
    const values = { number: String(registered.application + 1), when: moment(registered.registered) };
    return { line: t("verify-registered", values), rows: registeredRows(t, registered, hidden) };
  }
  if (referral) {
    const values = { referral: String(referral.referral + 1), number: String(referral.application + 1), when: moment(entry.at) };
    return { line: t("verify-referral", values), rows: referralRows(t, referral) };
  }
  return { line: t("verify-entry", { seq: String(entry.seq), when: moment(entry.at) }), rows: [] };
}

function registeredRows(t, registered, hidden) {
  // A part says a year and hides the date; a whole fact that was kept back says the date itself.
  const born = hidden.get("born") ?? (typeof registered.born === "string" ? registered.born : undefined);
  const claims = hidden.get("benefits") ?? (hidden.has("fact") ? registered.benefits : undefined);
  const rows = [];
  if (typeof born === "string") rows.push([t("verify-born"), born.split("-").reverse().join(".")]);
  if (Array.isArray(claims)) {
    const names = claims.map((claim) => t(`benefit-${String(claim.benefit).replaceAll("_", "-")}`));
    rows.push([t("verify-benefits"), names.length > 0 ? names.join("; ") : t("verify-none")]);
  }
  return rows;
}

function referralRows(t, referral) {
  const rows = [
    [t("verify-how"), t(`how-${referral.how}`)],
    [t("verify-class"), t(`class-${referral.class}`)],
  ];
  if (referral.terms) rows.push([t("verify-until"), moment(referral.terms.until)]);
  return rows;
}

function witnessLine(t, { witnesses, freshAt }) {
  if (freshAt === null) return t("verify-unwitnessed");
  const names = witnesses.map((one) => one.name).join(", ");
  return t("verify-witnessed", { names, when: moment(new Date(Number(freshAt) * 1000).toISOString()) });
}

/** JSON as a value; what is none stays text. */
function read(value) {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const HOURS = 5;

/** A moment in figures on the one clock of Kazakhstan; in UTC before it became one, on 1 March 2024. */
function moment(written) {
  const time = Date.parse(written);
  if (Number.isNaN(time)) return String(written);
  const isOneClock = time >= Date.UTC(2024, 1, 29, 19);
  const shown = new Date(time + (isOneClock ? HOURS * 3_600_000 : 0)).toISOString();
  const date = shown.slice(0, 10).split("-").reverse().join(".");
  return `${date} ${shown.slice(11, 19)} (UTC${isOneClock ? `+${HOURS}` : ""})`;
}
