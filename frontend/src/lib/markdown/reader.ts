import { blockFrom, blocksOf, languageOf, lex, type Block } from './render';

const fenceStart = /^ {0,3}(`{3,}|~{3,})([^\n]*)\n/;

/**
 * Reads a text that grows at its end. What is finished is made into blocks once and never looked at again; a step costs
 * as much as the block that is being written, however long the text before it.
 */
export class MarkdownReader {
	/** Replaced only when a block was finished. */
	finished: Block[] = [];
	/** What is being written: mostly one block. */
	tail: Block[] = [];

	#source = '';
	#consumed = 0;
	#epoch = -1;
	#fenceScanned = 0;

	/** `epoch` changes whenever the text was replaced instead of added to. */
	update(text: string, epoch: number): void {
		if (epoch !== this.#epoch || text.length < this.#consumed) this.#reset(epoch);
		if (text.length === this.#consumed) return;
		const added = text.slice(this.#consumed);
		this.#consumed = text.length;
		this.#source += added;
		if (this.#inFence() || added.includes('\n')) this.#settle();
		this.tail = this.#drawTail();
	}

	/** The text is whole: references may point forwards, so it is read once more from the start. */
	settle(text: string): void {
		this.finished = blocksOf(text);
		this.tail = [];
		this.#source = '';
		this.#consumed = text.length;
	}

	#reset(epoch: number) {
		this.finished = [];
		this.tail = [];
		this.#source = '';
		this.#consumed = 0;
		this.#fenceScanned = 0;
		this.#epoch = epoch;
	}

	#inFence(): RegExpExecArray | null {
		const start = fenceStart.exec(this.#source.slice(0, 256));
		// A backtick in the info string makes it inline code.
		return start && !(start[1]!.startsWith('`') && start[2]!.includes('`')) ? start : null;
	}

	/** Moves everything that more text cannot change any longer from the source to `finished`. */
	#settle() {
		const done: Block[] = [];
		for (;;) {
			const start = this.#inFence();
			if (start) {
				const end = this.#fenceEnd(start);
				if (end < 0) break;
				const token = lex(this.#source.slice(0, end))[0];
				const block = token && blockFrom(token);
				if (block) done.push(block);
				this.#source = this.#source.slice(end).replace(/^\n+/, '');
				this.#fenceScanned = 0;
				continue;
			}
			// The last line may still become anything; only whole lines decide.
			const whole = this.#source.slice(0, this.#source.lastIndexOf('\n') + 1);
			const tokens = lex(whole);
			let last = tokens.length - 1;
			while (last > 0 && tokens[last]!.type === 'space') last -= 1;
			if (last <= 0) break;
			let length = 0;
			for (const token of tokens.slice(0, last)) {
				length += token.raw.length;
				const block = blockFrom(token);
				if (block) done.push(block);
			}
			this.#source = this.#source.slice(length);
			if (!this.#inFence()) break;
		}
		if (done.length > 0) this.finished = [...this.finished, ...done];
	}

	/** Where the closing fence's line ends, or -1. Lines that were looked at are not looked at again. */
	#fenceEnd(start: RegExpExecArray): number {
		const marker = start[1]!;
		const close = new RegExp(`^ {0,3}\\${marker[0]}{${marker.length},}[ \\t]*$`);
		let from = Math.max(start[0].length, this.#fenceScanned);
		for (;;) {
			const newline = this.#source.indexOf('\n', from);
			if (newline < 0) break;
			if (close.test(this.#source.slice(from, newline))) return newline + 1;
			from = newline + 1;
		}
		this.#fenceScanned = from;
		return -1;
	}

	#drawTail(): Block[] {
		if (!this.#source.trim()) return [];
		const start = this.#inFence();
		if (start) {
			// A closing fence that is only half there is not code.
			const text = this.#source.slice(start[0].length).replace(/\n? {0,3}[`~]*$/, '');
			return [{ kind: 'code', language: languageOf(start[2]!), text, open: true }];
		}
		return lex(this.#source)
			.map(blockFrom)
			.filter((block) => block !== null)
			.map((block) => (block.kind === 'code' ? { ...block, open: true } : block));
	}
}
