import { describe, expect, it, vi } from 'vitest';
import { drawMath } from './math';
import { MarkdownReader } from './reader';
import { blocksOf } from './render';
import { sanitiseMath } from './sanitise';

function draw(markdown: string): HTMLElement {
	const root = document.createElement('div');
	root.innerHTML = blocksOf(markdown)
		.map((block) => (block.kind === 'prose' ? block.html : ''))
		.join('\n');
	return root;
}

const found = (markdown: string) =>
	[...draw(markdown).querySelectorAll('.math-inline, .math-block')].map((code) => code.textContent);

describe('formulas', () => {
	it.each([
		['$x^2$', ['x^2']],
		['\\(a_1 * b_2 * c\\)', ['a_1 * b_2 * c']],
		['$$\n\\frac{1}{2}\n$$', ['\\frac{1}{2}']],
		['so:\n$$\nx\n$$\nand', ['x']],
		['\\[ x < y \\]', ['x < y']],
		['in $$x$$ a line', ['x']],
		['both $a$ and $b$', ['a', 'b']],
		['$5 and $10', []],
		['it costs $5-$10', []],
		['5$ or 6$', []],
		['`$x$`', []],
		['```\n$$x$$\n```', []],
		['\\$x\\$', []],
		['$$ never closed', []],
		['$a\n\nb$', []]
	])('%j has %j', (markdown, wanted) => {
		expect(found(markdown)).toEqual(wanted);
	});

	it('show their source until they are whole', () => {
		const reader = new MarkdownReader();
		reader.update('See\n\n$$\n\\sum_{i}', 0);
		const html = () => reader.tail.map((block) => (block.kind === 'prose' ? block.html : '')).join('');
		expect(html()).not.toContain('math-block');
		expect(html()).toContain('\\sum');
		reader.update('See\n\n$$\n\\sum_{i} i\n$$\n', 0);
		expect(html()).toContain('math-block');
	});

	it('are drawn without a style in the markup', async () => {
		const root = draw('$\\sqrt{x}$ and $$\\left(\\frac{a}{b}\\right)$$ and $\\nonsense{$');
		document.body.append(root);
		drawMath(root);
		await vi.waitFor(() => expect(root.querySelectorAll('.math .katex')).toHaveLength(2), 20_000);
		expect(root.querySelector('[data-style]')).toBeNull();
		expect(root.querySelector('.katex [style*="height"]')).not.toBeNull();
		expect(root.textContent).toContain('\\nonsense{');
		root.remove();
	});

	it('cannot bring in what KaTeX itself would not write', () => {
		const html = sanitiseMath(
			'<span class="katex" onclick="x()" style="top:0"><a href="javascript:x()">a</a><img src="https://evil.test/x">' +
				'<svg><script>x()</script><use href="https://evil.test/#a"/><path d="M0 0"/></svg><math><mtext>b</mtext></math></span>'
		);
		expect(html).not.toMatch(/onclick|href|<a|<img|script|<use|style=|evil/);
		expect(html).toContain('<path');
		expect(html).toContain('<mtext>');
	});
});
