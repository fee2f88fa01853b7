// Owns one run of the certified third-party server `oidc-provider`, set up as a native app's
// authorization server. Leaves out its installation: the folder of it is the first argument.
// Prints one line, the issuer's address, when it is ready. It ends with its standard input.

import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Its notes about development use go where they disturb no reader of the address.
console.info = console.warn = console.error;
const library = join(process.argv[2], 'node_modules', 'oidc-provider', 'lib');
const load = (...path) => import(pathToFileURL(join(library, ...path)).href);
const { Provider } = await load('index.js');
const { default: checkPkce } = await load('helpers', 'pkce.js');

// RFC 7636 knows PKCE with the authorization code only, and so does this server. The services that
// Latchkey speaks to ask for it with the device code too, so its own check is applied there as well.
function pkceWithDeviceCodes() {
  const challenges = new Map();
  return async (context, next) => {
    await next();
    const form = context.oidc?.body ?? {};
    if (context.oidc?.route === 'device_authorization' && context.status === 200) {
      challenges.set(context.body.device_code, [form.code_challenge, form.code_challenge_method]);
    }
    if (context.oidc?.route === 'token' && context.status === 200 && form.device_code) {
      try {
        checkPkce(form.code_verifier, ...challenges.get(form.device_code));
      } catch (error) {
        context.status = error.statusCode;
        context.body = { error: error.error };
      }
    }
  };
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'latchkey-test',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: ['code'],
        // RFC 8252 section 7.3: registered without a port, and good with any.
        redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      },
    ],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, name: `The person ${id}` }),
    }),
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      devInteractions: { enabled: true },
    },
    rotateRefreshToken: true,
    // By OpenID Connect Core section 11 it would also want `prompt=consent`, which RFC 8628 does not know.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
  });
  provider.use(pkceWithDeviceCodes());
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});

process.stdin.on('end', () => process.exit(0)).resume();
