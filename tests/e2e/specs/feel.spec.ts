import { choose, composer, expect, newAccount, say, signUp, test, whole } from '../support';

test('the palette finds chats and things to do by the keyboard', async ({ home }) => {
	await choose(home, 'Loopback (no AI)');
	await say(home, 'Why do geese fly in a skein?');
	await whole(home);
	await home.getByRole('link', { name: 'New chat' }).first().click();
	await home.keyboard.press('ControlOrMeta+k');
	const palette = home.getByRole('dialog', { name: 'Find anything' });
	await expect(palette).toBeVisible();
	await expect(palette.getByRole('combobox')).toBeFocused();
	await home.keyboard.type('geese');
	await expect(palette.getByRole('option', { selected: true })).toContainText('geese');
	await home.keyboard.press('Enter');
	await expect(home).toHaveURL(/\/chat\//);
	await expect(palette).toHaveCount(0);
	await home.keyboard.press('ControlOrMeta+k');
	await expect(palette.getByRole('combobox')).toBeFocused();
	await home.keyboard.type('Theme: Dark');
	await expect(palette.getByRole('option', { selected: true })).toContainText('Theme: Dark');
	await home.keyboard.press('Enter');
	await expect(home.locator('html')).toHaveAttribute('data-theme', 'dark');
	await expect(palette).toHaveCount(0);
});

test('a question mark lists the shortcuts', async ({ home }) => {
	await home.locator('body').click({ position: { x: 2, y: 2 } });
	await home.keyboard.press('?');
	await expect(home.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Find anything');
	await home.keyboard.press('Escape');
	await composer(home).fill('');
	await composer(home).press('?');
	await expect(home.getByRole('dialog')).toHaveCount(0);
});

test.describe('in German', () => {
	test.use({ locale: 'de-DE' });

	test('the language of the browser is spoken, until another one is chosen', async ({ page, account }) => {
		void account;
		await page.goto('/settings/appearance');
		await expect(page.locator('html')).toHaveAttribute('lang', 'de');
		await expect(page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible();
		await page.getByRole('button', { name: 'Sprache: Wie der Browser' }).click();
		await page.getByRole('menuitemradio', { name: 'العربية' }).click();
		await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
		await page.reload();
		await expect(page.getByRole('heading', { name: 'الإعدادات' })).toBeVisible();
		const side = await page.locator('aside').boundingBox();
		expect(side!.x).toBeGreaterThan(600);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(wide).toBeLessThanOrEqual(0);
	});
});

test.describe('installed', () => {
	test.use({ serviceWorkers: 'allow' });

	test('the page opens without a server and says so', async ({ home, context }) => {
		await home.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
		await context.setOffline(true);
		await home.reload();
		await expect(home.getByRole('alert')).toContainText('The server does not answer.');
		await context.setOffline(false);
		await expect(composer(home)).toBeVisible({ timeout: 20_000 });
	});
});

test('what is asked before the page starts is not asked a second time', async ({ home }) => {
	await choose(home, 'Loopback (no AI)');
	await say(home, 'Hello');
	await whole(home);
	const asked: string[] = [];
	home.on('request', (request) => {
		if (request.method() === 'GET') asked.push(new URL(request.url()).pathname);
	});
	await home.reload();
	await whole(home);
	await expect(home.locator('#early')).toHaveCount(0);
	const chat = `/api/v1/chats/${new URL(home.url()).pathname.split('/').at(-1)}`;
	for (const path of ['/api/v1/me', chat, `${chat}/messages`])
		expect(asked.filter((one) => one === path), path).toHaveLength(1);
});

test('what is typed before the page is there is kept, and sent', async ({ page, browser }) => {
	const elsewhere = await browser.newContext();
	const account = await signUp(elsewhere, newAccount());
	await elsewhere.close();
	let arrive = () => {};
	const arrived = new Promise<void>((resolve) => (arrive = resolve));
	// The first script comes at once, the page's own only when everything has been typed.
	await page.route(/\/_app\/immutable\/(?!inline)[^?]*\.js$/, async (route) => {
		await arrived;
		await route.continue();
	});
	await page.goto('/sign-in', { waitUntil: 'commit' });
	const early = page.locator('#early');
	await early.getByLabel('Email').fill(account.email);
	await early.getByLabel('Password').fill(account.password);
	await early.getByRole('button', { name: 'Sign in' }).click();
	arrive();
	await expect(composer(page)).toBeVisible({ timeout: 30_000 });
});
