import { choose, composer, expect, say, test, whole } from '../support';

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
