import {
	admin,
	answers,
	call,
	choose,
	composer,
	expect,
	say,
	sent,
	signIn,
	test,
	upstream,
	url,
	whole
} from '../support';

test('first_account_sets_up_the_server_and_talks_to_loopback', async ({ page, context }) => {
	const info = await (await context.request.get(new URL('/api/v1/info', url).href)).json();
	await page.goto('/');
	if (info.has_users) {
		// A server that was used before: the account of an earlier run looks after it.
		await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
		await signIn(context, admin);
		await page.goto('/');
	} else {
		await expect(page.getByRole('heading', { name: 'Welcome to Skein' })).toBeVisible();
		await page.getByLabel('Name').fill(admin.name);
		await page.getByLabel('Email').fill(admin.email);
		await page.getByLabel('Password').fill(admin.password);
		await page.getByRole('button', { name: 'Set up Skein' }).click();
		await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
		await page.getByRole('button', { name: 'Say hello' }).click();
		await expect(sent(page)).toContainText('Hello!');
		await whole(page);
		await page.goto('/');
	}
	await expect(composer(page)).toBeVisible();

	await choose(page, 'Loopback (no AI)');
	await say(page, 'Hello');
	await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
	await expect(sent(page)).toContainText('Hello');
	await whole(page);
	await expect(answers(page)).toHaveCount(1);
	await expect(answers(page).first().locator('.prose')).not.toBeEmpty();

	await call(context.request, 'PATCH', '/api/v1/admin/settings', { sign_up: 'open', loopback_enabled: true });
	if (upstream) {
		const known = await call(context.request, 'GET', '/api/v1/connections');
		const there = known.items.some((connection: { base_url: string }) => connection.base_url === upstream);
		if (!there) {
			const connection = { kind: 'openai', name: 'Scripted', base_url: upstream, api_key: 'sk-e2e' };
			await call(context.request, 'POST', '/api/v1/connections', connection);
		}
	}
});
