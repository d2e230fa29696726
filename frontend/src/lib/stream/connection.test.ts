import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection } from './connection.svelte';
import type { StreamEvent } from './wire';

class FakeSocket {
	static OPEN = 1;
	static all: FakeSocket[] = [];
	static get last() {
		return FakeSocket.all.at(-1)!;
	}
	readyState = 0;
	sent: { type: string; topic?: string; after?: string }[] = [];
	onopen?: () => void;
	onclose?: (event: { code: number }) => void;
	onmessage?: (message: { data: string }) => void;
	constructor() {
		FakeSocket.all.push(this);
	}
	send(text: string) {
		this.sent.push(JSON.parse(text));
	}
	open() {
		this.readyState = 1;
		this.onopen?.();
	}
	get(frame: object) {
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
	event(topic: string, id: string, event = 'delta', data: unknown = { text: id }) {
		this.get({ type: 'event', topic, id, event, data });
	}
	close(code = 1006) {
		if (this.readyState === 3) return;
		this.readyState = 3;
		this.onclose?.({ code });
	}
}

let frames: FrameRequestCallback[] = [];
const frame = () => frames.splice(0).forEach((run) => run(0));

beforeEach(() => {
	vi.useFakeTimers();
	FakeSocket.all = [];
	frames = [];
	vi.stubGlobal('WebSocket', FakeSocket);
	vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => frames.push(run));
	vi.stubGlobal('cancelAnimationFrame', (id: number) => delete frames[id - 1]);
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

function watch(line: LiveConnection, topic = 'generation:g', cursor = '') {
	const batches: StreamEvent[][] = [];
	const lost = vi.fn();
	const stop = line.watch(topic, { onEvents: (events) => batches.push(events), onLost: lost }, cursor);
	return { batches, lost, stop };
}

describe('one socket', () => {
	it('carries all topics and is asked for each once', () => {
		const line = new LiveConnection();
		watch(line, 'user');
		watch(line, 'generation:a');
		expect(FakeSocket.all).toHaveLength(1);
		FakeSocket.last.open();
		watch(line, 'generation:b');
		expect(FakeSocket.last.sent).toEqual([
			{ type: 'subscribe', topic: 'user' },
			{ type: 'subscribe', topic: 'generation:a' },
			{ type: 'subscribe', topic: 'generation:b' }
		]);
	});

	it('hands over what came since the last frame in one go, in order', () => {
		const line = new LiveConnection();
		const { batches } = watch(line);
		FakeSocket.last.open();
		for (let seq = 1; seq <= 500; seq += 1) FakeSocket.last.event('generation:g', `1-${seq}`);
		expect(batches).toHaveLength(0);
		frame();
		expect(batches).toHaveLength(1);
		expect(batches[0]!.map((event) => event.id)).toEqual(Array.from({ length: 500 }, (_, index) => `1-${index + 1}`));
	});

	it('lets go of a topic that has ended, with its last events delivered', () => {
		const line = new LiveConnection();
		const { batches } = watch(line);
		FakeSocket.last.open();
		FakeSocket.last.event('generation:g', '1-1', 'completed', {});
		FakeSocket.last.get({ type: 'end', topic: 'generation:g' });
		expect(batches).toHaveLength(1);
		FakeSocket.last.close();
		vi.advanceTimersByTime(60_000);
		expect(FakeSocket.all).toHaveLength(1);
	});

	it('says when the server will not send a topic', () => {
		const line = new LiveConnection();
		const { lost } = watch(line);
		FakeSocket.last.open();
		FakeSocket.last.get({ type: 'error', topic: 'generation:g', code: 'not_found' });
		expect(lost).toHaveBeenCalledWith('not_found');
	});
});

describe('a lost line', () => {
	it('is taken up again after the last event that was seen', () => {
		const line = new LiveConnection();
		watch(line);
		FakeSocket.last.open();
		FakeSocket.last.event('generation:g', '1-9');
		FakeSocket.last.event('generation:g', '1-10');
		FakeSocket.last.event('generation:g', '1-4');
		FakeSocket.last.close();
		vi.advanceTimersByTime(1000);
		expect(FakeSocket.all).toHaveLength(2);
		FakeSocket.last.open();
		expect(FakeSocket.last.sent).toEqual([{ type: 'subscribe', topic: 'generation:g', after: '1-10' }]);
	});

	it('is left at once when the node says that it is going', () => {
		const line = new LiveConnection();
		watch(line);
		FakeSocket.last.open();
		FakeSocket.last.get({ type: 'drain' });
		vi.advanceTimersByTime(300);
		expect(FakeSocket.all).toHaveLength(2);
	});

	it('is noticed when the server falls silent', () => {
		const line = new LiveConnection();
		watch(line);
		FakeSocket.last.open();
		FakeSocket.last.get({ type: 'subscribed', topic: 'generation:g' });
		vi.advanceTimersByTime(20_000);
		expect(FakeSocket.last.sent.at(-1)).toEqual({ type: 'ping' });
		vi.advanceTimersByTime(10_500);
		expect(FakeSocket.all).toHaveLength(2);
	});

	it('is not spoken of when it comes back within three seconds, and is when it does not', () => {
		vi.stubGlobal('fetch', () => Promise.reject(new TypeError('down')));
		const line = new LiveConnection();
		watch(line);
		FakeSocket.last.open();
		FakeSocket.last.close();
		vi.advanceTimersByTime(1000);
		FakeSocket.last.open();
		vi.advanceTimersByTime(10_000);
		expect(line.troubled).toBe(false);
		FakeSocket.last.get({ type: 'pong' });
		FakeSocket.last.close();
		vi.advanceTimersByTime(3_100);
		expect(line.troubled).toBe(true);
		FakeSocket.last.open();
		expect(line.troubled).toBe(false);
	});
});

describe('where no socket can be had', () => {
	it('each topic comes by an event stream, from its cursor', async () => {
		const asked: { path: string; id: string | null }[] = [];
		const body = 'id: 1-6\nevent: delta\ndata: {"text":"x"}\n\nid: 1-7\nevent: completed\ndata: {}\n\n';
		vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
			asked.push({ path, id: new Headers(init.headers).get('last-event-id') });
			return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
		});
		const line = new LiveConnection();
		const { batches } = watch(line, 'generation:g', '1-5');
		FakeSocket.last.close();
		await vi.advanceTimersByTimeAsync(500);
		FakeSocket.last.close();
		await vi.advanceTimersByTimeAsync(10);
		expect(asked).toEqual([{ path: '/api/v1/generations/g/events', id: '1-5' }]);
		expect(batches.flat().map((event) => event.event)).toEqual(['delta', 'completed']);
	});
});
