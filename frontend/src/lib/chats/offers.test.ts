import { expect, it } from 'vitest';
import { triggerAt } from './offers';

it.each([
	['@gp', { kind: '@', start: 0, query: 'gp' }],
	['ask @', { kind: '@', start: 4, query: '' }],
	['by #geo', { kind: '#', start: 3, query: 'geo' }],
	['C#', null],
	['## A title', null],
	['/sum', { kind: '/', start: 0, query: 'sum' }],
	['me@example.org', null],
	['and /usr', null],
	['/usr/bin', null],
	['@gpt said', null],
	['', null]
])('%j asks for %j', (text, wanted) => {
	expect(triggerAt(text, text.length)).toEqual(wanted);
});

it('looks at the word before the caret and at nothing behind it', () => {
	expect(triggerAt('@gp and more', 3)).toEqual({ kind: '@', start: 0, query: 'gp' });
});
