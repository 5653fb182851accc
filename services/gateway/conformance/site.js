// The platform that is tried, as the Go test beside this started it.

export const url = process.env.OPENBOOK_URL;
export const authorization = `Bearer ${process.env.OPENBOOK_TOKEN}`;

let keys = 0;

// key is an idempotency key that no other request has.
export const key = () => `${process.pid}-${Date.now()}-${keys++}`;

// post asks without any library, to set things up.
export async function post(query, variables) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(`${query} is answered ${JSON.stringify(errors)}`);
  return data;
}

export const registerNetwork = `
  mutation Register($code: NetworkCode!, $name: String!, $key: String!) {
    registerNetwork(input: { code: $code, name: $name, system: "QZ1", idempotencyKey: $key, wait: VISIBLE }) {
      receipt { position }
      problems { code message path }
      network { code name }
    }
  }`;

export const renameNetwork = `
  mutation Rename($code: NetworkCode!, $name: String!, $key: String!) {
    renameNetwork(input: { code: $code, name: $name, idempotencyKey: $key, wait: VISIBLE }) {
      receipt { position }
      problems { code message path }
    }
  }`;

export const askNetwork = `query Network($code: NetworkCode!) { network(code: $code) { code name } }`;

export const watchNetwork = `
  subscription Watch($code: NetworkCode!) {
    networkChanged(code: $code) { position network { code name } }
  }`;
