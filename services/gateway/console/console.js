// The console: GraphiQL that signs in by cookie, sends POST with JSON, and
// listens to subscriptions over server-sent events, one connection each.
(() => {
  "use strict";

  const { endpoint, signin } = document.body.dataset;

  const firstQuery = `# Welcome to Openbook.
#
# What you write here is asked of the book in
# your name. Ctrl-Enter runs it, Ctrl-Space shows
# what else can be asked, and the book on the
# left says what everything means.

query Start {
  # who you are to the book
  me {
    name
    grants { role of }
  }
  # a system, once a steward has registered it
  system(code: "QZ1") {
    name
    networkCount { value unknown { reason } }
  }
  # its networks; a list is asked for by the page
  networks(first: 20, filter: {system: "QZ1"}) {
    totalCount
    nodes {
      code
      name
      practiceCount { value unit }
    }
  }
}

# A mutation is answered with a receipt, or with
# problems in plain English. Sent again with the
# same key, it records nothing new.
#
# mutation Register {
#   registerSystem(input: {
#     code: "QZ1"
#     name: "Quayside and Zennor"
#     idempotencyKey: "my first"
#     wait: VISIBLE
#   }) {
#     receipt { id position }
#     problems { code message path }
#   }
# }

# A subscription shows how things are, then each
# change.
#
# subscription Watch {
#   networkChanged(code: "U99001") {
#     position
#     network { name }
#     entries { type time }
#   }
# }
`;

  // A sign-in that has ended is told by the status, whatever was asked.
  const checked = async (input, init) => {
    const answer = await fetch(input, init);
    if (answer.status === 401) location.assign(signin);
    return answer;
  };

  const events = graphqlSse.createClient({
    url: endpoint,
    singleConnection: false,
    credentials: "same-origin",
    retryAttempts: 5,
    fetchFn: checked,
  });

  const isSubscription = (document, name) =>
    (document?.definitions ?? []).some(
      (d) => d.kind === "OperationDefinition" && d.operation === "subscription" && (!name || d.name?.value === name),
    );

  const fetcher = async (request, options) => {
    if (isSubscription(options?.documentAST, request.operationName)) return events.iterate(request);
    const answer = await checked(endpoint, {
      method: "POST",
      credentials: "same-origin",
      headers: { ...options?.headers, "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
      body: JSON.stringify(request),
    });
    return answer.json();
  };

  ReactDOM.createRoot(document.getElementById("console")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: firstQuery,
      defaultEditorToolsVisibility: false,
      shouldPersistHeaders: false,
      isHeadersEditorEnabled: true,
    }),
  );
})();
