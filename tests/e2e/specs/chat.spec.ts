import type { WebSocketRoute } from '@playwright/test';
import {
	again,
	answers,
	chats,
	choose,
	composer,
	expect,
	lastToken,
	needsUpstream,
	reaches,
	say,
	sent,
	signIn,
	slow,
	slowText,
	test,
	tokens,
	url,
	urlB,
	whole
} from '../support';

const stop = 'Stop';

test.describe('an answer under way', () => {
	test.beforeEach(async ({ home }) => {
		needsUpstream();
		await choose(home, slow);
		await say(home, 'Count [[rate=20]]');
		await reaches(home, 5);
	});

	test('comes to its end whole and in order', async ({ home }) => {
		await whole(home);
		expect(await tokens(home)).toBe(slowText);
		await expect(home.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
	});

	test('stops_when_told_and_keeps_what_was_written', async ({ home }) => {
		await home.getByRole('button', { name: stop, exact: true }).click();
		await expect(answers(home).last()).toContainText('Stopped');
		const text = await tokens(home);
		expect(slowText.startsWith(text)).toBe(true);
		expect(text).not.toContain(`t${lastToken}`);
		await home.reload();
		await expect(answers(home).last()).toContainText('Stopped');
		expect(await tokens(home)).toBe(text);
	});

	test('stops by the Escape key', async ({ home }) => {
		await home.keyboard.press('Escape');
		await expect(answers(home).last()).toContainText('Stopped');
	});

	test('goes_on_where_it_was_stopped', async ({ home }) => {
		await home.keyboard.press('Escape');
		await expect(answers(home).last()).toContainText('Stopped');
		const before = await tokens(home);
		await home.getByRole('button', { name: 'Go on' }).click();
		await expect.poll(async () => (await tokens(home)).length, { timeout: 60_000 }).toBeGreaterThan(before.length);
		await whole(home);
		const text = await tokens(home);
		expect(text.startsWith(before)).toBe(true);
		expect(text.length).toBeGreaterThan(before.length);
		await expect(answers(home)).toHaveCount(1);
	});

	test('goes_on_after_a_reload', async ({ home }) => {
		await reaches(home, 20);
		await expect(answers(home).last()).toHaveAttribute('aria-busy', 'true');
		await home.reload();
		await whole(home);
		expect(await tokens(home)).toBe(slowText);
	});

	test('second_tab_sees_the_same_answer', async ({ home, context, account }) => {
		const other = await context.newPage();
		const path = new URL(home.url()).pathname;
		if (urlB && new URL(urlB).hostname !== new URL(url).hostname) await signIn(context, account);
		await other.goto(new URL(path, urlB || url).href);
		await expect(answers(other).last()).toContainText('t5');
		await whole(home);
		await whole(other);
		expect(await tokens(home)).toBe(slowText);
		expect(await tokens(other)).toBe(slowText);
	});

	test('shows in the list of every tab', async ({ home, context }) => {
		const other = await context.newPage();
		await other.goto('/');
		const path = new URL(home.url()).pathname;
		await expect(chats(other).locator(`a[href="${path}"]`)).toBeVisible();
		await expect(chats(home).locator(`a[href="${path}"]`)).toHaveAttribute('aria-current', 'page');
	});

	test('loses nothing when the line is cut', async ({ home, context, quiet }) => {
		await context.setOffline(true);
		await home.waitForTimeout(700);
		await context.setOffline(false);
		await whole(home);
		expect(await tokens(home)).toBe(slowText);
		// The browser notes each try to come back.
		const kept = quiet.filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED'));
		quiet.splice(0, quiet.length, ...kept);
	});

	test('second_tab_sees_what_the_first_one_sends', async ({ home, context }) => {
		const other = await context.newPage();
		await other.goto(home.url());
		await whole(home);
		await say(home, 'Once more');
		await expect(sent(other).last()).toContainText('Once more');
		await whole(home);
		await expect(answers(other)).toHaveCount(2);
		await whole(other);
		expect(await tokens(other)).toBe(slowText);
	});
});

test('ten_seconds_without_a_network_are_said_and_cost_no_word', async ({ page, account }) => {
	needsUpstream();
	test.setTimeout(180_000);
	void account;
	let cut = false;
	const sockets = new Set<WebSocketRoute>();
	await page.routeWebSocket(/\/api\/v1\/ws/, (socket) => {
		if (cut) return void socket.close();
		sockets.add(socket);
		socket.connectToServer();
	});
	await page.route('**/*', (route) => (cut ? route.abort('internetdisconnected') : route.fallback()));
	await page.goto('/');
	await choose(page, slow);
	await say(page, 'Count [[rate=20]]');
	await reaches(page, 5);
	cut = true;
	for (const socket of sockets) await socket.close();
	await expect(page.getByRole('status').filter({ hasText: 'No connection to the server' })).toBeVisible();
	await page.waitForTimeout(10_000);
	const before = await tokens(page);
	expect(slowText.startsWith(before)).toBe(true);
	cut = false;
	await whole(page);
	expect(await tokens(page)).toBe(slowText);
	await expect(page.getByRole('status').filter({ hasText: 'No connection to the server' })).toHaveCount(0);
});

test('answers_come_where_no_websocket_can_be_had', async ({ page, account }) => {
	needsUpstream();
	void account;
	await page.routeWebSocket(/\/api\/v1\/ws/, (socket) => socket.close());
	await page.goto('/');
	await choose(page, slow);
	await say(page, 'Count');
	await whole(page);
	expect(await tokens(page)).toBe(slowText);
});

test('a chat is called by its first words', async ({ home, context }) => {
	const other = await context.newPage();
	await other.goto('/');
	await choose(home, 'Loopback (no AI)');
	await say(home, 'Why do geese fly in a skein?');
	await expect(chats(home).getByRole('link', { name: 'Why do geese' })).toBeVisible();
	await expect(chats(other).getByRole('link', { name: 'Why do geese' })).toBeVisible();
});

test.describe('branches', () => {
	test.beforeEach(async ({ home }) => {
		await choose(home, 'Loopback (no AI)');
		await say(home, 'First question');
		await whole(home);
	});

	test('regenerate_makes_a_second_version_beside_the_first', async ({ home }) => {
		await again(home).click();
		const versions = home.getByRole('group', { name: '2 of 2' });
		await expect(versions).toBeVisible({ timeout: 20_000 });
		await expect(answers(home)).toHaveCount(1);
		await versions.getByRole('button', { name: 'Previous version' }).click();
		await expect(home.getByRole('group', { name: '1 of 2' })).toBeVisible();
		await home.reload();
		await expect(home.getByRole('group', { name: '1 of 2' })).toBeVisible();
	});

	test('edit_and_resend_makes_a_branch_and_keeps_the_old_one', async ({ home }) => {
		await say(home, 'Second question');
		await whole(home);
		await expect(answers(home)).toHaveCount(2);
		await sent(home).first().hover();
		await sent(home).first().getByRole('button', { name: 'Edit and resend' }).click();
		const editor = home.getByRole('textbox', { name: 'Edit the message' });
		await expect(editor).toHaveValue('First question');
		await editor.fill('First question, put better');
		await editor.press('Enter');
		await expect(sent(home)).toHaveCount(1);
		await expect(sent(home)).toContainText('put better');
		await whole(home);
		await home.getByRole('group', { name: '2 of 2' }).getByRole('button', { name: 'Previous version' }).click();
		await expect(sent(home)).toHaveCount(2);
		await expect(sent(home).first()).toContainText('First question');
		await expect(sent(home).last()).toContainText('Second question');
	});

	test('arrow up edits the last message', async ({ home }) => {
		await composer(home).press('ArrowUp');
		await expect(home.getByRole('textbox', { name: 'Edit the message' })).toBeFocused();
		await home.keyboard.press('Escape');
		await expect(composer(home)).toBeFocused();
	});
});

test.describe('the list', () => {
	test.beforeEach(async ({ home }) => {
		await choose(home, 'Loopback (no AI)');
		await say(home, 'A chat to be handled');
		await whole(home);
	});

	test('renames a chat, in the other tab too', async ({ home, context }) => {
		const other = await context.newPage();
		await other.goto('/');
		const row = chats(home).getByRole('listitem').first();
		await row.hover();
		await row.getByRole('button', { name: /^Actions for/ }).click();
		await home.getByRole('menuitem', { name: 'Rename' }).click();
		const field = home.getByRole('textbox', { name: 'New name of the chat' });
		await field.fill('Herons');
		await field.press('Enter');
		await expect(home.getByRole('link', { name: 'Herons' })).toBeVisible();
		await expect(other.getByRole('link', { name: 'Herons' })).toBeVisible();
	});

	test('deletes a chat after asking', async ({ home }) => {
		const row = chats(home).getByRole('listitem').first();
		await row.hover();
		await row.getByRole('button', { name: /^Actions for/ }).click();
		await home.getByRole('menuitem', { name: 'Delete' }).click();
		await home.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
		await expect(home).toHaveURL('/');
		await expect(chats(home).getByRole('listitem')).toHaveCount(0);
	});
});

test('a_message_that_could_not_be_sent_is_kept_and_sent_once', async ({ home }) => {
	await say(home, 'First');
	await whole(home);
	let refused = 0;
	const keys = new Set<string>();
	await home.route('**/messages', async (route) => {
		if (route.request().method() !== 'POST') return route.fallback();
		keys.add(route.request().headers()['idempotency-key'] ?? '');
		// The server takes the first one, and its answer is lost on the way.
		if (refused++ === 0) {
			await route.fetch();
			return route.abort('connectionreset');
		}
		return route.fallback();
	});
	await say(home, 'Second');
	await expect(home.getByRole('alert')).toContainText('Your message is kept.');
	await home.getByRole('button', { name: 'Try again' }).click();
	await expect(home.getByRole('alert')).toHaveCount(0);
	await whole(home);
	await expect(sent(home)).toHaveCount(2);
	expect(keys.size).toBe(1);
	await home.reload();
	await whole(home);
	await expect(sent(home)).toHaveCount(2);
	await expect(answers(home)).toHaveCount(2);
});

test('a page that is left alone asks the server for nothing', async ({ home }) => {
	await say(home, 'Hello');
	await whole(home);
	await home.waitForLoadState('networkidle');
	const asked: string[] = [];
	// What a program's colours need is fetched when nothing else is to be done.
	home.on('request', (request) => request.url().includes('/_app/') || asked.push(request.url()));
	await home.waitForTimeout(1500);
	expect(asked).toEqual([]);
});

test('a draft outlives a reload, each chat with its own', async ({ home }) => {
	await composer(home).fill('Half a thou');
	await home.reload();
	await expect(composer(home)).toHaveValue('Half a thou');
	await composer(home).fill('Said');
	await home.keyboard.press('Enter');
	await whole(home);
	await expect(composer(home)).toHaveValue('');
	await composer(home).fill('Another half');
	await home.getByRole('link', { name: 'New chat' }).first().click();
	await expect(composer(home)).toHaveValue('');
	await home.goBack();
	await expect(composer(home)).toHaveValue('Another half');
});
