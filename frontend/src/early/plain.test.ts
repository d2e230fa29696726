import { expect, it } from 'vitest';
import { plain } from './plain';

it('leaves the words of a text and keeps code as it is', () => {
	const text =
		'# Geese\n\nThey fly in a **skein**, see [here](https://example.com).\n\n- one\n- two\n\n```js\nlet a = 1;\n\nb();\n```\n\nEnd';
	expect(plain(text)).toEqual([
		{ code: false, text: 'Geese' },
		{ code: false, text: 'They fly in a skein, see here.' },
		{ code: false, text: '• one\n• two' },
		{ code: true, text: 'let a = 1;\n\nb();' },
		{ code: false, text: 'End' }
	]);
});

it('leaves out what has no words', () => {
	expect(plain('| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n$$\nx\n$$')).toEqual([{ code: false, text: 'x' }]);
	expect(plain('')).toEqual([]);
});
