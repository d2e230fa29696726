import { answers, composer, expect, sent, test, whole } from '../support';

test('a_chat_by_the_keyboard_alone', async ({ home }) => {
	await home.locator('body').click({ position: { x: 2, y: 2 } });
	await home.keyboard.press('/');
	await expect(composer(home)).toBeFocused();
	await home.keyboard.type('One line');
	await home.keyboard.press('Shift+Enter');
	await home.keyboard.type('and another');
	await home.keyboard.press('Enter');
	await expect(sent(home)).toContainText('One line\nand another', { useInnerText: true });
	await whole(home);
	await expect(composer(home)).toBeFocused();

	await home.keyboard.press('ControlOrMeta+Shift+O');
	await expect(home).toHaveURL('/');
	await expect(composer(home)).toBeFocused();
});

test('every_control_shows_that_it_has_the_focus', async ({ home }) => {
	await composer(home).fill('Hello');
	await home.keyboard.press('Enter');
	await whole(home);
	await home.locator('body').click({ position: { x: 2, y: 2 } });
	const plain: string[] = [];
	const seen = new Set<string>();
	for (let step = 0; step < 60; step += 1) {
		await home.keyboard.press('Tab');
		const focus = await home.evaluate(() => {
			const element = document.activeElement;
			if (!element || element === document.body) return null;
			const marked = (node: Element | null): boolean => {
				if (!node) return false;
				const style = getComputedStyle(node);
				return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
			};
			const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? '';
			return { name: `${element.tagName} ${name}`, marked: marked(element) || marked(element.closest('.box')) };
		});
		if (!focus) break;
		seen.add(focus.name);
		if (!focus.marked) plain.push(focus.name);
	}
	expect(plain).toEqual([]);
	expect(seen.size).toBeGreaterThan(8);
});

test('a_new_answer_is_in_a_polite_log', async ({ home }) => {
	await composer(home).fill('Hello');
	await home.keyboard.press('Enter');
	await whole(home);
	const log = home.getByRole('log', { name: 'Conversation' });
	await expect(log).toHaveAttribute('aria-live', 'polite');
	await expect(log.getByRole('article')).toHaveCount(2);
	await expect(answers(home)).toHaveCount(1);
});
