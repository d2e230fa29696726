import Axe from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
	admin,
	answers,
	call,
	choose,
	composer,
	expect,
	openAnswers,
	say,
	signIn,
	test,
	upload,
	whole
} from '../support';

async function flawless(page: Page, name: string) {
	const { violations } = await new Axe({ page })
		// It would fetch the styles of frames, whose policy lets nothing connect.
		.options({ preload: false })
		.analyze();
	const found = violations.map((rule) => ({ rule: rule.id, at: rule.nodes.map((node) => node.target.join(' ')) }));
	expect(found, name).toEqual([]);
}

/** Every page under a heading of its own, with nothing on it that is still on its way. */
async function visit(page: Page, path: string) {
	await page.goto(path);
	await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toBeVisible();
	await page.waitForLoadState('networkidle');
}

const settings = ['profile', 'appearance', 'usage', 'prompts', 'data', 'files', 'keys', 'sessions'].map(
	(name) => `/settings/${name}`
);
const administration = [
	'connections',
	'models',
	'prompts',
	'users',
	'groups',
	'limits',
	'prices',
	'usage',
	'queues',
	'queues?view=table&queue=chat',
	'general'
].map((name) => `/admin/${name}`);

for (const scheme of ['light', 'dark'] as const) {
	test.describe(scheme, () => {
		test.use({ colorScheme: scheme });

		test('the doors have no flaw that axe knows', async ({ page }) => {
			for (const [path, heading] of [
				['/sign-in', 'Sign in'],
				['/sign-up', 'Make an account']
			] as const) {
				await page.goto(path);
				await expect(page.getByRole('heading', { name: heading })).toBeVisible();
				await flawless(page, path);
			}
			await page.goto('/nowhere');
			await expect(page.getByRole('heading', { name: 'This page is not here' })).toBeVisible();
			await flawless(page, 'not found');
		});

		test('a conversation has no flaw that axe knows', async ({ home }) => {
			await flawless(home, 'empty chat');
			await home.getByRole('button', { name: /^Model:/ }).click();
			await expect(home.getByRole('listbox')).toBeVisible();
			await flawless(home, 'model picker');
			await home.keyboard.press('Escape');
			await say(home, 'Show me what this page can draw');
			await whole(home);
			await flawless(home, 'conversation');
			await home.getByRole('button', { name: /^Account:/ }).click();
			await expect(home.getByRole('menu')).toBeVisible();
			await flawless(home, 'account menu');
			await home.keyboard.press('Escape');
			await answers(home).getByRole('button', { name: 'More' }).click();
			await expect(home.getByRole('menu')).toBeVisible();
			await flawless(home, 'menu of an answer');
			await home.keyboard.press('Escape');
			await home.keyboard.press('ControlOrMeta+k');
			await expect(home.getByRole('dialog')).toBeVisible();
			await flawless(home, 'palette');
			await home.keyboard.press('Escape');
			await composer(home).fill('@');
			await expect(home.getByRole('option').first()).toBeVisible();
			await flawless(home, 'models by a sign');
		});

		test('formulas, diagrams, tables and pictures have no flaw that axe knows', async ({ home }) => {
			const picture =
				'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
			await openAnswers(
				home,
				[
					`$$\n\\sum_{i=1}^n i\n$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![A goose](${picture})\n\n` +
						'```mermaid\ngraph LR\n  A --> B\n```'
				],
				{ images: [picture] }
			);
			await expect(answers(home).locator('.katex')).toBeVisible();
			await expect(answers(home).locator('iframe')).toBeVisible({ timeout: 30_000 });
			await flawless(home, 'what can be drawn');
			await answers(home).getByRole('button', { name: 'A goose' }).click();
			await expect(home.getByRole('dialog')).toBeVisible();
			await flawless(home, 'picture');
		});

		test('the settings have no flaw that axe knows', async ({ home }) => {
			test.setTimeout(360_000);
			// Lists with something in them.
			const { request } = home.context();
			const file = await upload(request, 'geese.md', '# Geese\n\nThey fly in a skein.');
			const collection = await call(request, 'POST', '/api/v1/collections', { name: 'Birds' });
			await call(request, 'POST', `/api/v1/collections/${collection.id}/files`, { file_id: file.id });
			await call(request, 'POST', '/api/v1/prompts', { command: 'sum', title: 'Sum up', content: 'Sum this up' });
			await call(request, 'POST', '/api/v1/api-keys', { name: 'Notebook' });
			const chat = await call(request, 'POST', '/api/v1/chats', { title: 'Put away' });
			await call(request, 'PATCH', `/api/v1/chats/${chat.id}`, { archived: true });
			for (const path of settings) {
				await visit(home, path);
				await flawless(home, path);
			}
			await home.goto('/archived');
			await expect(home.getByRole('link', { name: 'Put away' })).toBeVisible();
			await flawless(home, 'archived chats');
		});

		test('what is done with a chat has no flaw that axe knows', async ({ home }) => {
			test.setTimeout(360_000);
			// It names no chat by itself.
			await choose(home, 'Loopback (no AI)');
			await home.getByRole('button', { name: 'Temporary chat' }).click();
			await flawless(home, 'empty temporary chat');
			await say(home, 'A temporary one');
			await whole(home);
			await flawless(home, 'temporary chat');
			await home.goto('/');
			await say(home, 'Tell me of geese');
			await whole(home);
			const more = home.getByRole('main').getByRole('button', { name: 'More' }).first();
			for (const [entry, name] of [
				['Move to a folder', 'Move to a folder'],
				['Tags', 'Tags'],
				['Share', 'Share this chat'],
				['Delete', 'Delete this chat?']
			] as const) {
				await home.getByRole('button', { name: 'Actions for Tell me of geese' }).click();
				await home.getByRole('menuitem', { name: entry, exact: true }).click();
				await expect(home.getByRole('dialog', { name })).toBeVisible();
				await flawless(home, name);
				await home.keyboard.press('Escape');
				await expect(home.getByRole('dialog')).toHaveCount(0);
			}
			await more.click();
			await expect(home.getByRole('menu')).toBeVisible();
			await flawless(home, 'menu of a chat');
			await home.keyboard.press('Escape');
			await home.getByRole('button', { name: 'Search chats' }).click();
			await home.getByRole('searchbox').fill('geese');
			await expect(home.getByRole('list', { name: 'Found chats' })).toBeVisible();
			await flawless(home, 'search');
			await home.keyboard.press('Escape');
			await home.locator('body').click({ position: { x: 2, y: 2 } });
			await home.keyboard.press('?');
			await expect(home.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
			await flawless(home, 'shortcuts');
			const chat = new URL(home.url()).pathname.split('/').pop();
			const share = await call(home.context().request, 'POST', `/api/v1/chats/${chat}/shares`, {});
			await home.goto(share.path);
			await expect(answers(home)).toHaveCount(1);
			await flawless(home, 'shared chat');
		});

		test('the administration has no flaw that axe knows', async ({ page, context }) => {
			await signIn(context, admin);
			await page.goto('/welcome');
			await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
			await flawless(page, 'first steps');
			for (const path of ['/admin/connections', '/admin/queues']) {
				await visit(page, path);
				await flawless(page, path);
			}
			await visit(page, '/admin/connections');
			await page.getByRole('button', { name: 'Add connection' }).click();
			await expect(page.getByRole('dialog')).toBeVisible();
			await flawless(page, 'connection form');
		});

		test('the rest of the administration has no flaw that axe knows', async ({ page, context }) => {
			test.setTimeout(360_000);
			await signIn(context, admin);
			await page.goto('/welcome');
			await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
			await flawless(page, 'first steps');
			for (const path of administration) {
				await visit(page, path);
				await flawless(page, path);
			}
			for (const [path, button] of [
				['/admin/connections', 'Add connection'],
				['/admin/models', 'Edit'],
				['/admin/groups', 'Add group'],
				['/admin/limits', 'Add limits']
			] as const) {
				await visit(page, path);
				await page.getByRole('main').getByRole('button', { name: button }).first().click();
				await expect(page.getByRole('dialog')).toBeVisible();
				await flawless(page, `form of ${path}`);
			}
		});
	});
}

for (const [name, use] of [
	['a narrow screen', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }],
	['Arabic', { locale: 'ar' }]
] as const) {
	test.describe(name, () => {
		test.use(use);

		test('a chat and the settings have no flaw that axe knows', async ({ home: page, context }) => {
			test.setTimeout(360_000);
			await flawless(page, 'empty chat');
			await page.locator('[data-composer]').fill('Show me what this page can draw');
			await page.locator('form.composer button[type=submit]').click();
			await expect(page.locator('article.answer')).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
			await flawless(page, 'conversation');
			for (const path of settings) {
				await visit(page, path);
				await flawless(page, path);
			}
			await signIn(context, admin);
			for (const path of ['/admin/models', '/admin/queues', '/admin/general']) {
				await visit(page, path);
				await flawless(page, path);
			}
		});
	});
}
