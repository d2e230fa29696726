import { describe, expect, it, vi } from 'vitest';
import { MarkdownReader } from './reader';
import * as render from './render';
import { blocksOf, type Block } from './render';

const sample = `# Title

A paragraph with **bold**,
over two lines.

- one
- two

  still two
- three

1. first
2. second

> quoted
> twice

| a | b |
|---|--:|
| 1 | 2 |

\`\`\`rust
fn main() {

    println!("# not a title");
}
\`\`\`

~~~text
\`\`\`
inside
\`\`\`
~~~

Setext
======

foo
#hash is not a title

para
- list right after

\`\`\`\`md
\`\`\`js
nested
\`\`\`
\`\`\`\`

    indented code

***

The \`\`\`end\`\`\`.
`;

const closed = (blocks: Block[]) => blocks.map((block) => (block.kind === 'code' ? { ...block, open: false } : block));
const all = (reader: MarkdownReader) => closed([...reader.finished, ...reader.tail]);

describe('a text that grows', () => {
	it('ends as it would look when read at once, however it was cut', () => {
		const whole = closed(blocksOf(sample));
		for (const size of [1, 3, 13, 10_000]) {
			const reader = new MarkdownReader();
			for (let end = size; end < sample.length + size; end += size) reader.update(sample.slice(0, end), 0);
			expect(all(reader), `in pieces of ${size}`).toEqual(whole);
		}
	});

	it('keeps what is finished by identity', () => {
		const reader = new MarkdownReader();
		reader.update('one\n\ntwo\n\nthree\n', 0);
		const before = reader.finished;
		expect(before).toHaveLength(2);
		reader.update('one\n\ntwo\n\nthree\nand more', 0);
		expect(reader.finished).toBe(before);
		reader.update('one\n\ntwo\n\nthree\nand more\n\nfour\n', 0);
		expect(reader.finished.slice(0, 2)).toEqual(before);
		expect(reader.finished[0]).toBe(before[0]);
	});

	it('reads no more for a late step than for an early one', () => {
		const lex = vi.spyOn(render, 'lex');
		const reader = new MarkdownReader();
		const paragraph = 'Some words that make a paragraph of the usual length, more or less.\n\n';
		let text = '';
		const cost = () => lex.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
		const costs: number[] = [];
		for (let step = 0; step < 150; step += 1) {
			lex.mockClear();
			text += paragraph;
			reader.update(text, 0);
			costs.push(cost());
		}
		expect(costs[0]).toBeGreaterThan(0);
		expect(costs.at(-1)).toBeLessThanOrEqual(Math.max(...costs.slice(0, 10)));
		lex.mockRestore();
	});

	it('does not read code again and again while it is written', () => {
		const lex = vi.spyOn(render, 'lex');
		const reader = new MarkdownReader();
		let text = '```py\n';
		for (let line = 0; line < 300; line += 1) {
			text += `print(${line})\n`;
			reader.update(text, 0);
		}
		expect(lex).not.toHaveBeenCalled();
		expect(reader.tail).toEqual([expect.objectContaining({ kind: 'code', language: 'py', open: true })]);
		reader.update(text + '```\nafter', 0);
		expect(reader.finished).toHaveLength(1);
		lex.mockRestore();
	});

	it('does not show half a closing fence as code', () => {
		const reader = new MarkdownReader();
		reader.update('```\na\n``', 0);
		expect(reader.tail).toEqual([{ kind: 'code', language: '', text: 'a', open: true }]);
	});

	it('starts over when the text was replaced', () => {
		const reader = new MarkdownReader();
		reader.update('old\n\ntext\n\n', 0);
		reader.update('new words', 1);
		expect(all(reader)).toEqual(blocksOf('new words'));
	});

	it('finds references that were defined later once it is whole', () => {
		const text = 'See [it].\n\nMore.\n\n[it]: https://example.com/\n';
		const reader = new MarkdownReader();
		reader.update(text, 0);
		reader.settle(text);
		expect((reader.finished[0] as { html: string }).html).toContain('href="https://example.com/"');
	});
});
