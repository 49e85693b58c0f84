// tests/oidc/provider.mjs PORT CALLBACK - an OpenID Connect provider (oidc-provider) at which whoever the header X-User names is
// signed in at once. Its clients are `ropes`, with a secret, and `public`, without one. Prints "ready". BELOW=/path: it is below a path.
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const [port, callback] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${process.env.NODE_FOLDER}/node_modules/oidc-provider/lib/index.js`));
const below = process.env.BELOW ?? '';
const issuer = `http://127.0.0.1:${port}${below}`;
const people = {
	ann: { email: 'Ann@Example.com', email_verified: true },
	bob: { email: 'bob@example.com', email_verified: true },
	cyd: { email: 'cyd@example.org', email_verified: true },
	liar: { email: 'ann@example.com', email_verified: false },
	number: {},
	disguised: { email: 'sub:number', email_verified: true },
};
const client = { redirect_uris: [callback], grant_types: ['authorization_code'], response_types: ['code'] };
const provider = new Provider(issuer, {
	clients: [
		{ ...client, client_id: 'ropes', client_secret: 'a secret: with/odd+characters' },
		{ ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
	],
	claims: { openid: ['sub'], email: ['email', 'email_verified'] },
	conformIdTokenClaims: process.env.IN_TOKEN !== '1',
	pkce: { required: () => true },
	features: { devInteractions: { enabled: false } },
	interactions: { url: (_, interaction) => `${below}/as/${interaction.uid}` },
	findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
	cookies: { keys: ['tests only'] },
});
provider.use(async (context, next) => {
	if (!context.path.startsWith('/as/')) return next();
	const asked = await provider.interactionDetails(context.req, context.res);
	const user = context.get('X-User');
	if (user === 'nobody')
		return provider.interactionFinished(context.req, context.res, { error: 'access_denied', error_description: '<b>no</b>' });
	const grant = new provider.Grant({ accountId: user, clientId: asked.params.client_id });
	grant.addOIDCScope('openid email');
	return provider.interactionFinished(context.req, context.res, { login: { accountId: user }, consent: { grantId: await grant.save() } });
});
// Nothing of it is beside its path.
http.createServer((request, response) => {
	if (!request.url.startsWith(`${below}/`)) return response.writeHead(404).end();
	request.originalUrl = request.url;
	request.url = request.url.slice(below.length);
	return provider.callback()(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
