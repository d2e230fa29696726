import { test as base, expect, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test';

export const url = process.env.SKEIN_E2E_URL ?? '';
/** A second API node of the same cluster. */
export const urlB = process.env.SKEIN_E2E_URL_B ?? '';
/** An OpenAI-compatible server that offers `mock-slow`: 200 numbered tokens, 50 a second. */
export const upstream = process.env.SKEIN_E2E_UPSTREAM ?? '';

export const admin = {
	name: 'Ada Lovelace',
	email: process.env.SKEIN_E2E_ADMIN_EMAIL ?? 'admin@example.com',
	password: process.env.SKEIN_E2E_ADMIN_PASSWORD ?? 'three geese over water'
};

export const slow = 'mock-slow';
export const lastToken = 199;
/** What `mock-slow` says, from the first token on. */
export const slowText = Array.from({ length: lastToken + 1 }, (_, index) => `t${index}`).join(' ');

export type Account = { name: string; email: string; password: string };

let made = 0;
export function newAccount(name = 'Grace Hopper'): Account {
	made += 1;
	const mark = `${Date.now().toString(36)}-${process.pid.toString(36)}-${made}`;
	return { name, email: `e2e-${mark}@example.com`, password: 'correct horse battery' };
}

/** A request as the page makes it: a cookie counts only from the same origin. */
export async function call(request: APIRequestContext, method: string, path: string, data?: unknown) {
	const response = await request.fetch(new URL(path, url).href, {
		method,
		data,
		headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
	});
	const text = await response.text();
	expect(response.ok(), `${method} ${path}: ${response.status()} ${text}`).toBe(true);
	return text ? JSON.parse(text) : undefined;
}

/** Puts a file on the shelf of whoever is signed in. */
export async function upload(request: APIRequestContext, name: string, text: string) {
	const response = await request.post(new URL('/api/v1/files', url).href, {
		multipart: { file: { name, mimeType: 'text/markdown', buffer: Buffer.from(text) } },
		headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' }
	});
	expect(response.ok(), `upload of ${name}: ${response.status()}`).toBe(true);
	return response.json();
}

export async function signUp(context: BrowserContext, account = newAccount()): Promise<Account> {
	await call(context.request, 'POST', '/api/v1/auth/sign-up', account);
	return account;
}

export async function signIn(context: BrowserContext, account: Account) {
	const { email, password } = account;
	await call(context.request, 'POST', '/api/v1/auth/sign-in', { email, password });
}

type Fixtures = {
	/** The page of a new account, signed in, at the start page. */
	home: Page;
	account: Account;
	/** Fails the test when the page logs an error or breaks the content policy. */
	quiet: string[];
};

export const test = base.extend<Fixtures>({
	account: async ({ context }, use) => {
		await use(await signUp(context));
	},
	quiet: [
		async ({ context }, use) => {
			const said: string[] = [];
			context.on('console', (message) => {
				// The browser itself reports what cannot be reached or is refused; that is what some tests are about.
				const ofNetwork = /^(?:Failed to load resource|WebSocket connection to '[^']*' failed)/;
				if (message.type() === 'error' && !ofNetwork.test(message.text())) said.push(message.text());
			});
			context.on('weberror', (error) => said.push(String(error.error())));
			await use(said);
			expect(said, 'errors in the console').toEqual([]);
		},
		{ auto: true }
	],
	home: async ({ page, account }, use) => {
		void account;
		await page.goto('/');
		// By its place, since a test may speak another language.
		await expect(page.locator('[data-composer]')).toBeVisible();
		await use(page);
	}
});

test.beforeEach(() => {
	test.skip(!url, 'SKEIN_E2E_URL is not set: the address of a running server');
});

export function needsUpstream() {
	test.skip(!upstream, 'SKEIN_E2E_UPSTREAM is not set: the address of the scripted model server, up to and with /v1');
}

export const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
export const answers = (page: Page) => page.getByRole('article', { name: 'Answer' });
export const sent = (page: Page) => page.getByRole('article', { name: 'You' });
export const chats = (page: Page) => page.getByRole('navigation', { name: 'Chats' });
export const again = (page: Page) => page.getByRole('button', { name: 'Answer again' });

export async function choose(page: Page, model: string) {
	await page.getByRole('button', { name: /^Model:/ }).click();
	await page.getByRole('combobox', { name: 'Find a model' }).fill(model);
	await page.getByRole('option', { name: model }).first().click();
	await expect(page.getByRole('button', { name: `Model: ${model}` })).toBeVisible();
}

/** A chat of this account that has these answers, as the server would tell of it; the page asks a real server for all else. */
export async function openAnswers(
	page: Page,
	answers: string[],
	data: { images?: string[]; citations?: object[] } = {}
) {
	const chat = await call(page.context().request, 'POST', '/api/v1/chats', {});
	const id = (index: number) => `01890000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
	const at = new Date(Date.now() - 60_000).toISOString();
	const items = answers.flatMap((content, index) => {
		const common = { chat_id: chat.id, created_at: at, together: [], rating: null, generation: null };
		const [question, answer] = [id(2 * index + 1), id(2 * index + 2)];
		const images = data.images ?? [];
		return [
			{ ...common, id: question, role: 'user', content: `Case ${index}`, images, siblings: [question] },
			{
				...common,
				id: answer,
				parent_id: question,
				role: 'assistant',
				content,
				images: [],
				siblings: [answer],
				citations: data.citations
			}
		];
	});
	await page.route(`**/api/v1/chats/${chat.id}/messages*`, (route) => route.fulfill({ json: { items, next: null } }));
	await page.goto(`/chat/${chat.id}`);
	await expect(page.getByRole('article').last()).toBeVisible();
}

/** Sends by the button, as with a mouse. Ends when the message stands in the chat, on its way or arrived. */
export async function say(page: Page, text: string) {
	const before = await sent(page).count();
	await composer(page).fill(text);
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(sent(page)).not.toHaveCount(before);
}

/** The newest answer, once it is whole. */
export async function whole(page: Page) {
	// The last of all: until it is there, the answer before it is whole already.
	const last = page.locator('[role=log] article').last();
	await expect(last).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
	return answers(page).last();
}

/** The numbered tokens of an answer, as one line. */
export async function tokens(page: Page): Promise<string> {
	const text = await answers(page).last().locator('.prose').innerText();
	return text.replace(/\s+/g, ' ').trim();
}

/** Waits until the answer under way has got to token `count`. */
export async function reaches(page: Page, count: number) {
	await expect(answers(page).last()).toContainText(`t${count}`, { timeout: 60_000 });
}

export { expect };

/** A PDF with a page for each text, as the corpus of the other tests makes it. */
export function pdf(pages: string[]): Buffer {
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		`<< /Type /Pages /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] /Count ${pages.length} >>`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'
	];
	for (const [index, text] of pages.entries()) {
		const lines = text.match(/\S+(?:\s+\S+){0,9}/g) ?? [];
		const shown = lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n');
		const content = `BT /F1 11 Tf 14 TL 60 780 Td\n${shown}\nET`;
		objects.push(
			'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> ' +
				`/Contents ${5 + 2 * index} 0 R >>`,
			`<< /Length ${content.length} >>\nstream\n${content}\nendstream`
		);
	}
	let out = '%PDF-1.4\n';
	const places = objects.map((object, index) => {
		const place = out.length;
		out += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(place).padStart(10, '0')} 00000 n \n`;
	});
	const size = objects.length + 1;
	out +=
		`xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}` +
		`trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${out.length}\n%%EOF\n`;
	return Buffer.from(out, 'latin1');
}
