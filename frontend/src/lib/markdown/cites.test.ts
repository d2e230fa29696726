import { expect, it } from 'vitest';
import { drawCites } from './cites';

function draw(html: string, count: number): HTMLElement {
	const root = document.createElement('div');
	root.innerHTML = html;
	drawCites(root, count, (number) => `Passage ${number}`);
	return root;
}

it('makes a button of each number that stands for a passage', () => {
	const root = draw('<p>Geese fly [1][2], <b>herons [3]</b> do not [9].</p>', 3);
	const buttons = [...root.querySelectorAll('button')];
	expect(buttons.map((button) => button.dataset.cite)).toEqual(['1', '2', '3']);
	expect(buttons[0]!.getAttribute('aria-label')).toBe('Passage 1');
	expect(root.textContent).toBe('Geese fly 12, herons 3 do not [9].');
});

it('leaves code, links and answers without passages alone', () => {
	const html = '<p><code>list[1]</code> <a href="https://example.org">[1]</a></p>';
	expect(draw(html, 3).innerHTML).toBe(html);
	expect(draw('<p>[1]</p>', 0).innerHTML).toBe('<p>[1]</p>');
});
