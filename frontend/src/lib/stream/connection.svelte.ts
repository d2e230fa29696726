import { backoff } from './backoff';
import { SseParser } from './sse';
import { compareIds, isTerminal, parseId, type StreamEvent } from './wire';

export type Watcher = {
	/** Everything that came since the last frame, in order. */
	onEvents: (events: StreamEvent[]) => void;
	/** The server will not send this topic (gone, or not ours). */
	onLost?: (code: string) => void;
};

type Watch = Watcher & { topic: string; cursor: string; queue: StreamEvent[]; abort: AbortController | null };

type Frame =
	| { type: 'subscribed' | 'end'; topic: string }
	| { type: 'event'; topic: string; id: string; event: string; data: unknown }
	| { type: 'error'; topic?: string; code: string; message?: string }
	| { type: 'pong' | 'drain' };

const pingEveryMs = 20_000;
const pongWithinMs = 10_000;
const openWithinMs = 8_000;
const troubleAfterMs = 3_000;
/** A socket that never opened this often in a row is taken for one that the network does not let through. */
const refusalsBeforeSse = 2;
const socketAgainMs = 30_000;

function inFrame(run: () => void): () => void {
	const frame = requestAnimationFrame(run);
	return () => cancelAnimationFrame(frame);
}

function inTime(run: () => void): () => void {
	const timer = setTimeout(run, 200);
	return () => clearTimeout(timer);
}

/**
 * The page's one line to the server: a WebSocket that carries all topics, or one event stream per topic where no
 * WebSocket can be had. A topic is followed from its cursor, so a lost line costs nothing but time.
 */
export class LiveConnection {
	/** The line has been down for more than three seconds while something was being followed. */
	troubled = $state(false);

	#watches = new Map<string, Watch>();
	#socket: WebSocket | null = null;
	#open = false;
	#overSse = false;
	#refusals = 0;
	#failures = 0;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#ping: ReturnType<typeof setTimeout> | undefined;
	#deadline: ReturnType<typeof setTimeout> | undefined;
	#trouble: ReturnType<typeof setTimeout> | undefined;
	#probe: ReturnType<typeof setTimeout> | undefined;
	#frame: (() => void) | null = null;
	#listening = false;
	#sseOpen = new Set<string>();
	#onSignedOut: () => void = () => {};

	whenSignedOut(listener: () => void) {
		this.#onSignedOut = listener;
	}

	/** Follows a topic from after `cursor` (empty: from its start). Answers the function that ends it. */
	watch(topic: string, watcher: Watcher, cursor = ''): () => void {
		this.#drop(topic);
		const watch: Watch = { ...watcher, topic, cursor, queue: [], abort: null };
		this.#watches.set(topic, watch);
		this.#listen();
		if (this.#overSse) void this.#stream(watch);
		else if (this.#open) this.#subscribe(watch);
		else if (!this.#socket && this.#retry === undefined) this.#connect();
		this.#lineChanged();
		return () => {
			if (this.#watches.get(topic) === watch) this.#drop(topic);
		};
	}

	/** Ends everything, as on sign-out. */
	close() {
		for (const topic of [...this.#watches.keys()]) this.#drop(topic);
		this.#closeSocket();
		clearTimeout(this.#retry);
		this.#retry = undefined;
		clearTimeout(this.#probe);
		this.#overSse = false;
		this.#refusals = this.#failures = 0;
		this.#lineChanged();
	}

	#listen() {
		if (this.#listening) return;
		this.#listening = true;
		const wake = () => {
			if (document.visibilityState === 'hidden') return;
			if (this.#retry !== undefined) this.#connectNow();
			else if (this.#open) this.#sendPing(3_000);
		};
		addEventListener('online', wake);
		// What is gone says nothing more: waiting for a ping to fail would leave the reader in the dark for half a minute.
		addEventListener('offline', () => {
			if (!this.#open) return;
			this.#closeSocket();
			this.#again(true);
			this.#lineChanged();
		});
		addEventListener('pageshow', wake);
		document.addEventListener('visibilitychange', () => {
			// Frames do not come in a hidden page; what waited for one must not wait for a timer as well.
			if (this.#frame !== null) this.#flush();
			wake();
		});
	}

	#drop(topic: string) {
		const watch = this.#watches.get(topic);
		if (!watch) return;
		this.#watches.delete(topic);
		watch.abort?.abort();
		this.#sseOpen.delete(topic);
		if (this.#open) this.#send({ type: 'unsubscribe', topic });
	}

	#send(frame: object) {
		if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
	}

	#subscribe(watch: Watch) {
		this.#send({ type: 'subscribe', topic: watch.topic, ...(watch.cursor ? { after: watch.cursor } : {}) });
	}

	#connectNow() {
		clearTimeout(this.#retry);
		this.#retry = undefined;
		this.#connect();
	}

	#connect() {
		if (this.#socket || this.#watches.size === 0) return;
		const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
		let socket: WebSocket;
		try {
			socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
		} catch {
			this.#refused();
			return;
		}
		this.#socket = socket;
		this.#deadline = setTimeout(() => socket.close(), openWithinMs);
		socket.onopen = () => {
			if (this.#socket !== socket) return;
			clearTimeout(this.#deadline);
			this.#open = true;
			this.#refusals = 0;
			if (this.#overSse) this.#leaveSse();
			for (const watch of this.#watches.values()) this.#subscribe(watch);
			this.#pingLater();
			this.#lineChanged();
		};
		socket.onmessage = (message) => {
			if (this.#socket !== socket || typeof message.data !== 'string') return;
			clearTimeout(this.#deadline);
			this.#failures = 0;
			this.#read(message.data);
		};
		socket.onclose = (event) => {
			if (this.#socket !== socket) return;
			const opened = this.#open;
			this.#closeSocket();
			if (opened) this.#again(event.code === 1012 || event.code === 1001);
			else this.#refused();
			this.#lineChanged();
		};
	}

	#closeSocket() {
		const socket = this.#socket;
		this.#socket = null;
		this.#open = false;
		clearTimeout(this.#ping);
		clearTimeout(this.#deadline);
		if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
	}

	#again(soon: boolean) {
		if (this.#overSse || this.#watches.size === 0) return;
		const wait = soon && this.#failures === 0 ? Math.random() * 250 : backoff(this.#failures);
		this.#failures += 1;
		clearTimeout(this.#retry);
		this.#retry = setTimeout(() => this.#connectNow(), wait);
	}

	#refused() {
		this.#refusals += 1;
		if (this.#overSse) this.#probeLater();
		else if (this.#refusals >= refusalsBeforeSse) this.#enterSse();
		else this.#again(false);
	}

	#read(text: string) {
		let frame: Frame;
		try {
			frame = JSON.parse(text) as Frame;
		} catch {
			return;
		}
		if (frame.type === 'event')
			this.#deliver(frame.topic, { id: frame.id ?? '', event: frame.event, data: frame.data });
		else if (frame.type === 'end') this.#finish(frame.topic);
		else if (frame.type === 'error') this.#lost(frame.topic, frame.code);
		else if (frame.type === 'drain') {
			this.#closeSocket();
			this.#again(true);
			this.#lineChanged();
		}
	}

	#pingLater() {
		clearTimeout(this.#ping);
		this.#ping = setTimeout(() => this.#sendPing(pongWithinMs), pingEveryMs);
	}

	#sendPing(within: number) {
		this.#send({ type: 'ping' });
		clearTimeout(this.#deadline);
		this.#deadline = setTimeout(() => {
			this.#closeSocket();
			this.#again(true);
			this.#lineChanged();
		}, within);
		this.#pingLater();
	}

	#deliver(topic: string, event: StreamEvent) {
		const watch = this.#watches.get(topic);
		if (!watch) return;
		const id = parseId(event.id);
		const cursor = parseId(watch.cursor);
		if (!id || !cursor || compareIds(id, cursor) > 0) watch.cursor = event.id || watch.cursor;
		watch.queue.push(event);
		// A hidden page gets no frames, and its answers are still to be counted.
		this.#frame ??= document.hidden ? inTime(() => this.#flush()) : inFrame(() => this.#flush());
	}

	#flush() {
		this.#frame?.();
		this.#frame = null;
		for (const watch of [...this.#watches.values()]) {
			if (watch.queue.length === 0) continue;
			const events = watch.queue.splice(0);
			watch.onEvents(events);
		}
	}

	#finish(topic: string) {
		this.#flush();
		const watch = this.#watches.get(topic);
		if (!watch) return;
		this.#watches.delete(topic);
		this.#sseOpen.delete(topic);
		this.#lineChanged();
	}

	#lost(topic: string | undefined, code: string) {
		const watch = topic === undefined ? undefined : this.#watches.get(topic);
		if (!watch) return;
		this.#finish(watch.topic);
		watch.onLost?.(code);
	}

	#enterSse() {
		this.#overSse = true;
		this.#failures = 0;
		for (const watch of this.#watches.values()) void this.#stream(watch);
		this.#probeLater();
		this.#lineChanged();
	}

	#leaveSse() {
		this.#overSse = false;
		clearTimeout(this.#probe);
		for (const watch of this.#watches.values()) {
			watch.abort?.abort();
			watch.abort = null;
		}
		this.#sseOpen.clear();
	}

	// A server that was only restarting lets sockets through again; and streams are dear: a browser opens six a host.
	#probeLater() {
		clearTimeout(this.#probe);
		const wait = this.#refusals <= refusalsBeforeSse ? 2_000 : socketAgainMs;
		this.#probe = setTimeout(() => this.#connect(), wait);
	}

	async #stream(watch: Watch) {
		const abort = new AbortController();
		watch.abort = abort;
		let failures = 0;
		const path = watch.topic.startsWith('generation:')
			? `/api/v1/generations/${encodeURIComponent(watch.topic.slice('generation:'.length))}/events`
			: '/api/v1/events';
		while (!abort.signal.aborted && this.#watches.get(watch.topic) === watch) {
			try {
				const response = await fetch(path, {
					headers: { accept: 'text/event-stream', ...(watch.cursor ? { 'last-event-id': watch.cursor } : {}) },
					cache: 'no-store',
					signal: abort.signal
				});
				if (response.status === 401) this.#onSignedOut();
				if (response.status >= 400 && response.status < 500 && response.status !== 429) {
					return this.#lost(watch.topic, `http_${response.status}`);
				}
				if (!response.ok || !response.body) throw new TypeError(`status ${response.status}`);
				this.#sseOpen.add(watch.topic);
				this.#lineChanged();
				const parser = new SseParser();
				const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
				for (;;) {
					const { done, value } = await reader.read();
					if (done) break;
					failures = 0;
					for (const event of parser.feed(value)) {
						this.#deliver(watch.topic, event);
						if (isTerminal(event.event)) {
							abort.abort();
							return this.#finish(watch.topic);
						}
					}
				}
			} catch {
				failures += 1;
			}
			if (abort.signal.aborted) return;
			this.#sseOpen.delete(watch.topic);
			this.#lineChanged();
			await new Promise((resolve) => setTimeout(resolve, backoff(failures)));
		}
	}

	get #down(): boolean {
		if (this.#watches.size === 0) return false;
		return this.#overSse ? this.#sseOpen.size < this.#watches.size : !this.#open;
	}

	#lineChanged() {
		if (!this.#down) {
			clearTimeout(this.#trouble);
			this.#trouble = undefined;
			this.troubled = false;
		} else {
			this.#trouble ??= setTimeout(() => {
				this.#trouble = undefined;
				this.troubled = this.#down;
			}, troubleAfterMs);
		}
	}
}

export const live = new LiveConnection();
