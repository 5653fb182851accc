// relay-compiler: the documents in relay/ fit the schema, with Relay's rules for
// connections and nodes, and what it makes of them is answered.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { key, post, registerNetwork } from "./site.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const work = mkdtempSync(join(tmpdir(), "openbook-relay-"));
try {
  cpSync(here("relay"), join(work, "src"), { recursive: true });
  cpSync(here("../../../api/schema.graphql"), join(work, "schema.graphql"));
  writeFileSync(join(work, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(work, "relay.json"), `{ "src": "src", "schema": "schema.graphql", "language": "javascript", "eagerEsModules": true }`);
  const compiled = spawnSync(process.execPath, [here("node_modules/relay-compiler/cli.js"), "relay.json"], { cwd: work, encoding: "utf8" });
  const said = compiled.stdout + compiled.stderr;
  assert.equal(compiled.status, 0, said);
  assert.doesNotMatch(said, /warn|error/i);

  const text = async (name) => (await import(pathToFileURL(join(work, `src/__generated__/${name}.graphql.js`)))).default.params.text;
  for (const code of ["U99014", "U99015"]) await post(registerNetwork, { code, name: "Relayed", key: key() });
  const seen = [];
  let cursor = null;
  const page = await text("NetworkListPaginationQuery");
  do {
    const { networks } = await post(page, { count: 1, cursor, system: "QZ1" });
    seen.push(...networks.edges.map(({ node }) => node.code));
    cursor = networks.pageInfo.hasNextPage ? networks.pageInfo.endCursor : null;
  } while (cursor && seen.length < 100);
  assert.ok(seen.includes("U99014") && seen.includes("U99015"), `all of the list comes, page by page: ${seen}`);
  const { node } = await post(await text("NetworkListNetworkQuery"), { id: "network-U99014" });
  assert.equal(node.code, "U99014", "a node is found by its id");
} finally {
  rmSync(work, { recursive: true });
}
