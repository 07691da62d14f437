// A provider of identities that nobody here wrote, for `.ci/oidc`: whoever types a name is that person.
// node oidc-provider.mjs FOLDER PORT REDIRECT
import { pathToFileURL } from "node:url";

// Whoever started it reads the first line and no more.
process.stdout.on("error", () => {});

const [folder, port, redirect] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`));
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "scorepost", client_secret: "a test's secret & more", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, email: `${id}@shop.example`, email_verified: true }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
