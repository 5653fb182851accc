// graphql-sse, in distinct connections mode, as the console has it.
import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import { askNetwork, authorization, key, post, registerNetwork, renameNetwork, url, watchNetwork } from "./site.js";

const client = createClient({ url, singleConnection: false, headers: { authorization }, retryAttempts: 0 });
const once = async (request) => {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  assert.equal(results.length, 1, `one answer comes, then the end: ${JSON.stringify(results)}`);
  return results[0];
};
const code = "U99013";

const registered = await once({ query: registerNetwork, variables: { code, name: "Thirteen", key: key() } });
assert.equal(registered.data.registerNetwork.network.name, "Thirteen", "a mutation is done");
const again = await once({ query: registerNetwork, variables: { code, name: "Thirteen again", key: key() } });
assert.equal(again.data.registerNetwork.problems[0].code, "NETWORK_EXISTS", "a mutation tells its problems");
const asked = await once({ query: askNetwork, variables: { code } });
assert.deepEqual(asked.data.network, { code, name: "Thirteen" }, "a query is answered");
assert.ok(asked.extensions.asOf.position, "an answer says what state it is of");

// What is wrong with a document comes over the stream, as the protocol has it.
const wrong = await once({ query: "subscription { nothing }" });
assert.match(wrong.errors[0].message, /Cannot query field/);
const malformed = await once({ query: watchNetwork, variables: { code: "nonsense" } });
assert.ok(malformed.errors.length > 0, "a code that is none is refused");

// A subscription: the state, then a change, then it is cancelled.
const changes = client.iterate({ query: watchNetwork, variables: { code } });
const first = (await changes.next()).value.data.networkChanged;
assert.equal(first.network.name, "Thirteen", "the state comes first");
await post(renameNetwork, { code, name: "Thirteen, renamed", key: key() });
const second = (await changes.next()).value.data.networkChanged;
assert.equal(second.network.name, "Thirteen, renamed", "then the change");
assert.ok(second.position > first.position, "positions grow");
await changes.return();
assert.ok((await changes.next()).done, "it has been cancelled");

// Nobody is told so by the status.
const nobody = createClient({ url, singleConnection: false, retryAttempts: 0 });
await assert.rejects(nobody.iterate({ query: askNetwork, variables: { code } }).next(), /401/);
client.dispose();
nobody.dispose();
