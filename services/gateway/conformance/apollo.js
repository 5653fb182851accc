// @apollo/client: queries and mutations over its HttpLink as it comes, and
// subscriptions over graphql-sse, as it has no reading of events of its own.
import assert from "node:assert/strict";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, Observable, ServerError } from "@apollo/client/core";
import { OperationTypeNode, print } from "graphql";
import { createClient } from "graphql-sse";
import { askNetwork, authorization, key, post, registerNetwork, renameNetwork, url, watchNetwork } from "./site.js";

const events = createClient({ url, singleConnection: false, headers: { authorization }, retryAttempts: 0 });
const eventsLink = new ApolloLink(
  (operation) =>
    new Observable((sink) => events.subscribe({ ...operation, query: print(operation.query) }, {
      next: (result) => sink.next(result),
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    })),
);
const connect = (headers) =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, eventsLink, new HttpLink({ uri: url, headers })),
  });
const client = connect({ authorization });
const code = "U99011";
const mutate = (mutation, variables) => client.mutate({ mutation: gql(mutation), variables: { ...variables, key: key() } });

const registered = await mutate(registerNetwork, { code, name: "Eleven" });
assert.equal(registered.data.registerNetwork.network.name, "Eleven", "a mutation is done");
const again = await mutate(registerNetwork, { code, name: "Eleven again" });
assert.equal(again.data.registerNetwork.problems[0].code, "NETWORK_EXISTS", "problems are no errors");
const asked = await client.query({ query: gql(askNetwork), variables: { code } });
assert.equal(asked.data.network.name, "Eleven", "a query is answered");

const query = (document) => client.query({ query: gql(document) });
await assert.rejects(query("{ nothing }"), (error) => CombinedGraphQLErrors.is(error) && /Cannot query field/.test(error.message));
await assert.rejects(
  query("{ networks(first: 1000) { totalCount } }"),
  (error) => CombinedGraphQLErrors.is(error) && error.errors[0].extensions.code === "PAGE_INVALID",
);
await assert.rejects(
  connect({}).query({ query: gql(askNetwork), variables: { code } }),
  (error) => ServerError.is(error) && error.statusCode === 401,
);

// A subscription: the state, a change, the end.
const seen = [];
await new Promise((done, failed) => {
  const subscription = client.subscribe({ query: gql(watchNetwork), variables: { code } }).subscribe({
    next: ({ data, error }) => {
      if (error) return failed(error);
      seen.push(data.networkChanged.network.name);
      if (seen.length === 1) post(renameNetwork, { code, name: "Eleven, renamed", key: key() }).catch(failed);
      if (seen.length === 2) done(subscription.unsubscribe());
    },
    error: failed,
  });
});
assert.deepEqual(seen, ["Eleven", "Eleven, renamed"]);
events.dispose();
