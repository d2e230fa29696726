import { admin, call, composer, expect, newAccount, signIn, signUp, test } from '../support';

test('sign_out_and_in_again', async ({ home, account }) => {
	await home.getByRole('button', { name: /^Account:/ }).click();
	await home.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(home.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	await home.goto('/settings/keys');
	await expect(home.getByRole('heading', { name: 'Sign in' })).toBeVisible();

	await home.getByLabel('Email').fill(account.email);
	await home.getByLabel('Password').fill('not the password');
	await home.getByRole('button', { name: 'Sign in' }).click();
	await expect(home.getByRole('alert')).toContainText('Email or password is wrong.');
	await home.getByLabel('Password').fill(account.password);
	await home.getByRole('button', { name: 'Sign in' }).click();
	await expect(composer(home)).toBeVisible();
});

test('a_session_that_was_ended_elsewhere_leads_to_sign_in', async ({ home, context }) => {
	await call(context.request, 'POST', '/api/v1/auth/sign-out');
	const told = home.getByText('You were signed out.');
	// The page is told with its next request, which may be one that it makes by itself while it starts.
	await expect(async () => {
		if (!(await told.isVisible())) {
			await composer(home).fill('Kept', { timeout: 2_000 });
			await home.keyboard.press('Enter');
		}
		await expect(told).toBeVisible({ timeout: 5_000 });
	}).toPass({ timeout: 45_000 });
});

test('a_waiting_account_is_let_in_by_an_administrator', async ({ browser, page, context }) => {
	await signIn(context, admin);
	const other = await browser.newContext();
	const account = newAccount(`Waits ${Date.now()}`);
	await signUp(other, account);
	// The rule for new accounts is everybody's, and others are made while this runs.
	const { id } = await call(other.request, 'GET', '/api/v1/me');
	await call(context.request, 'PATCH', `/api/v1/admin/users/${id}`, { role: 'pending' });
	const waiting = await other.newPage();
	await waiting.goto('/');
	await expect(waiting.getByRole('heading', { name: 'Almost there' })).toBeVisible();

	await page.goto('/admin/users');
	const row = page.getByRole('listitem').filter({ hasText: account.email });
	await page.getByRole('searchbox', { name: 'Find by name or email' }).fill(`${account.name.split(' ')[1]} waits`);
	await expect(row).toBeVisible();
	await page.getByRole('button', { name: 'Which accounts: All accounts' }).click();
	await page.getByRole('menuitemradio', { name: 'Waiting' }).click();
	// The address brings the same back.
	await expect(page).toHaveURL(/query=.*&role=pending/);
	await page.reload();
	await expect(row).toBeVisible();
	await row.getByRole('button', { name: 'Let in' }).click();
	await expect(row.getByRole('button', { name: 'Let in' })).toHaveCount(0);

	await waiting.getByRole('button', { name: 'Check now' }).click();
	await expect(composer(waiting)).toBeVisible();
	await other.close();
});

test('an_api_key_is_shown_once_works_and_can_be_deleted', async ({ home, playwright, baseURL }) => {
	await home.goto('/settings/keys');
	await home.getByLabel('Name of the key').fill('Notebook');
	await home.getByRole('button', { name: 'Create key' }).click();
	const key = await home.locator('[data-secret]').innerText();
	expect(key).toMatch(/^sk-/);
	await home.getByRole('button', { name: 'I have copied it' }).click();
	await home.reload();
	const row = home.getByRole('listitem').filter({ hasText: 'Notebook' });
	await expect(row).toBeVisible();
	await expect(home.locator('[data-secret]')).toHaveCount(0);

	const program = await playwright.request.newContext({
		baseURL,
		extraHTTPHeaders: { authorization: `Bearer ${key}` }
	});
	expect((await program.get('/api/v1/models')).status()).toBe(200);
	await row.getByRole('button', { name: /^Delete/ }).click();
	await home.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await expect(row).toHaveCount(0);
	expect((await program.get('/api/v1/models')).status()).toBe(401);
	await program.dispose();
});

test('another_session_can_be_ended', async ({ home, browser, account }) => {
	const other = await browser.newContext();
	await signIn(other, account);
	await home.goto('/settings/sessions');
	await expect(home.getByText('This one')).toBeVisible();
	await home.getByRole('button', { name: 'Sign out' }).first().click();
	await expect(home.getByRole('main').getByRole('button', { name: 'Sign out' })).toHaveCount(0);
	const page = await other.newPage();
	await page.goto('/');
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	await other.close();
});

test('the theme is kept on the device', async ({ home }) => {
	await home.goto('/settings/appearance');
	await home.getByRole('radio', { name: 'Dark' }).click();
	await expect(home.locator('html')).toHaveAttribute('data-theme', 'dark');
	await home.reload();
	await expect(home.locator('html')).toHaveAttribute('data-theme', 'dark');
	await expect(home.getByRole('radio', { name: 'Dark' })).toBeChecked();
});

test('a name can be changed', async ({ home }) => {
	await home.goto('/settings/profile');
	await home.getByLabel('Name', { exact: true }).fill('Rear Admiral Hopper');
	await home.getByRole('button', { name: 'Save' }).click();
	await expect(home.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
	await expect(home.getByRole('button', { name: 'Account: Rear Admiral Hopper' })).toBeVisible();
});

test('administration is for administrators', async ({ home }) => {
	await home.goto('/admin/users');
	await expect(home).toHaveURL('/');
});
