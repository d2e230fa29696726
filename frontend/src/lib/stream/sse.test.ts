import { expect, it } from 'vitest';
import { SseParser } from './sse';

const stream =
	': keep-alive\n\nid: 1-1\nevent: delta\ndata: {"text":"a"}\n\nid: 1-2\r\nevent: delta\r\ndata: {"text":"\\n"}\r\n\r\nid: 1-3\nevent: completed\ndata:{}\n\n';
const expected = [
	{ id: '1-1', event: 'delta', data: { text: 'a' } },
	{ id: '1-2', event: 'delta', data: { text: '\n' } },
	{ id: '1-3', event: 'completed', data: {} }
];

it('reads the same events wherever the network cuts the stream', () => {
	for (let size = 1; size <= stream.length; size += 1) {
		const parser = new SseParser();
		const events = [];
		for (let at = 0; at < stream.length; at += size) events.push(...parser.feed(stream.slice(at, at + size)));
		expect(events).toEqual(expected);
	}
});

it('joins data of several lines', () => {
	expect(new SseParser().feed('data: {"text":\ndata: "a"}\n\n')).toEqual([
		{ id: '', event: 'message', data: { text: 'a' } }
	]);
});

it('passes over an event that is not JSON', () => {
	expect(new SseParser().feed('data: oops\n\nid: 1-2\ndata: {}\n\n')).toEqual([
		{ id: '1-2', event: 'message', data: {} }
	]);
});
