import { answers, choose, composer, expect, say, test, whole } from '../support';

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

test('the_list_is_a_drawer', async ({ home }) => {
	await choose(home, 'Loopback (no AI)');
	await say(home, 'A chat on a small screen');
	await whole(home);
	await expect(home.getByRole('navigation', { name: 'Chats' })).toHaveCount(0);
	await home.getByRole('button', { name: 'Open the list of chats' }).click();
	const drawer = home.getByRole('dialog', { name: 'Chats' });
	await expect(drawer.getByRole('link', { name: 'A chat on a small screen' })).toBeVisible();
	await drawer.getByRole('link', { name: 'New chat' }).click();
	await expect(drawer).toHaveCount(0);
	await expect(home).toHaveURL('/');
});

test('nothing_is_wider_than_the_screen_and_targets_can_be_hit', async ({ home }) => {
	const check = async () => {
		const wide = await home.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(wide, `${home.url()} scrolls sideways`).toBeLessThanOrEqual(0);
		const small = await home.evaluate(() =>
			[...document.querySelectorAll<HTMLElement>('button, a[href], input, textarea')]
				.filter((element) => element.checkVisibility() && !element.closest('.prose') && !element.closest('.unseen'))
				.filter((element) => !element.matches('.unseen, .skip, p a'))
				.map((element) => ({ element, box: element.getBoundingClientRect() }))
				// A switch has an invisible edge around it that takes the touch.
				.filter(
					({ element, box }) => !element.matches('[role="switch"]') && Math.round(box.height) < 44 && box.width > 0
				)
				.map(({ element }) => element.getAttribute('aria-label') ?? element.textContent?.trim())
		);
		expect(small, `${home.url()} has targets under 44 px`).toEqual([]);
	};
	await check();
	await say(home, 'Show me what this page can draw');
	await whole(home);
	await expect(answers(home)).toHaveCount(1);
	await check();
	for (const path of ['profile', 'appearance', 'prompts', 'keys', 'sessions'].map((name) => `/settings/${name}`)) {
		await home.goto(path);
		await expect(home.getByRole('main').getByRole('heading').first()).toBeVisible();
		await check();
	}
});

test('the composer stays in sight', async ({ home }) => {
	await say(home, 'Show me what this page can draw');
	await whole(home);
	await expect(composer(home)).toBeInViewport();
});
