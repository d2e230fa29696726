import type { StreamEvent } from './wire';

/** Reads `text/event-stream` as it arrives. Comments are passed over; the last id stays for events without one. */
export class SseParser {
	#rest = '';
	#id = '';
	#event = '';
	#data: string[] = [];

	feed(chunk: string): StreamEvent[] {
		const events: StreamEvent[] = [];
		const lines = (this.#rest + chunk).split('\n');
		this.#rest = lines.pop() ?? '';
		for (const raw of lines) {
			const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
			if (line === '') {
				const event = this.#finish();
				if (event) events.push(event);
				continue;
			}
			if (line.startsWith(':')) continue;
			const colon = line.indexOf(':');
			const field = colon < 0 ? line : line.slice(0, colon);
			const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
			if (field === 'data') this.#data.push(value);
			else if (field === 'event') this.#event = value;
			else if (field === 'id') this.#id = value;
		}
		return events;
	}

	#finish(): StreamEvent | null {
		const text = this.#data.join('\n');
		const event = this.#event || 'message';
		this.#data = [];
		this.#event = '';
		if (!text) return null;
		try {
			return { id: this.#id, event, data: JSON.parse(text) };
		} catch {
			return null;
		}
	}
}
