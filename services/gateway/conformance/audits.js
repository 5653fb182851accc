// Every audit of graphql-http, printed as one JSON list of {id, name, status, reason}.
import { auditServer } from "graphql-http";
import { authorization, url } from "./site.js";

const results = await auditServer({
  url,
  fetchFn: (address, init = {}) => fetch(address, { ...init, headers: { ...init.headers, authorization } }),
});
console.log(JSON.stringify(results.map(({ id, name, status, reason = "" }) => ({ id, name, status, reason }))));
