// @urql/core, with its own fetchExchange for everything. Of its settings one must
// be changed: it would send queries by GET.
import assert from "node:assert/strict";
import { Client, fetchExchange } from "@urql/core";
import { askNetwork, authorization, key, post, registerNetwork, renameNetwork, url, watchNetwork } from "./site.js";

const connect = (headers, more = {}) =>
  new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchSubscriptions: true, fetchOptions: { headers }, ...more });
const client = connect({ authorization });
const code = "U99012";

const registered = await client.mutation(registerNetwork, { code, name: "Twelve", key: key() }).toPromise();
assert.equal(registered.data?.registerNetwork.network.name, "Twelve", `a mutation is done: ${registered.error}`);
const again = await client.mutation(registerNetwork, { code, name: "Twelve again", key: key() }).toPromise();
assert.equal(again.error, undefined, "problems are no errors");
assert.equal(again.data.registerNetwork.problems[0].code, "NETWORK_EXISTS");
assert.equal(again.data.registerNetwork.problems[0].path, "code");
const asked = await client.query(askNetwork, { code }).toPromise();
assert.deepEqual(asked.data?.network, { code, name: "Twelve" }, `a query is answered: ${asked.error}`);

const wrong = await client.query("{ nothing }", {}).toPromise();
assert.match(wrong.error.graphQLErrors[0].message, /Cannot query field/, "a mistake in a document is told");
assert.equal(wrong.error.response.status, 400);
const refused = await client.query("{ networks(first: 1000) { totalCount } }", {}).toPromise();
assert.equal(refused.error.graphQLErrors[0].extensions.code, "PAGE_INVALID", "a refusal keeps its code");
const nobody = await connect({}).query(askNetwork, { code }).toPromise();
assert.equal(nobody.error.response.status, 401, "nobody is told so by the status");
const byGet = await connect({ authorization }, { preferGetMethod: "within-url-limit" }).query(askNetwork, { code }).toPromise();
assert.match(byGet.error.graphQLErrors[0].message, /Send this one by POST/, "by GET, it is told what to do");

// A subscription over its own reading of events: the state, a change, the end.
const seen = [];
let subscription;
await new Promise((done, failed) => {
  subscription = client.subscription(watchNetwork, { code }).subscribe(({ data, error }) => {
    if (error) return failed(error);
    seen.push(data.networkChanged.network.name);
    if (seen.length === 1) post(renameNetwork, { code, name: "Twelve, renamed", key: key() }).catch(failed);
    if (seen.length === 2) setImmediate(done); // within the callback, urql would throw at its own abort
  });
});
subscription.unsubscribe();
assert.deepEqual(seen, ["Twelve", "Twelve, renamed"]);
