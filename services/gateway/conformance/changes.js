// Compares the schema with the released one: node changes.js RELEASED CURRENT CHANGELOG.
// What breaks clients must stand in the changelog, in the section Unreleased under
// Breaking, each as an item that begins with its path: - `Network.name`: why.
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [released, current, changelog] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));

const section = (text, heading, level) => {
  const lines = text.split("\n");
  const from = lines.indexOf(`${"#".repeat(level)} ${heading}`);
  if (from < 0) throw new Error(`The changelog has no section ${heading}.`);
  const to = lines.findIndex((line, i) => i > from && /^#+ /.test(line) && line.match(/^#+/)[0].length <= level);
  return lines.slice(from + 1, to < 0 ? undefined : to).join("\n");
};

const unreleased = section(section(changelog, "Unreleased", 2), "Breaking", 3);
const declared = new Set([...unreleased.matchAll(/^- `([^`]+)`/gm)].map(([, path]) => path));
const changes = await diff(buildSchema(released), buildSchema(current));
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);

const faults = [];
for (const { path, message } of breaking) {
  if (!declared.has(path)) faults.push(`${message} That breaks clients: take it back, or declare it as \`${path}\` in the changelog.`);
}
for (const path of declared) {
  if (!breaking.some((change) => change.path === path)) faults.push(`The changelog declares \`${path}\` as breaking, and it breaks nothing.`);
}
console.log(`${changes.length} changes since the release, ${breaking.length} of them breaking`);
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
