import { SvelteMap } from 'svelte/reactivity';
import { DELETE, GET, PATCH, POST, PUT, take } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Accepted, Chat, Generation, Message, Rating, SentMessage, WaitingMessage } from '$lib/api/types';
import { live } from '$lib/stream/connection.svelte';
import { isOver, reduce, startAnswer, type LiveAnswer } from '$lib/stream/reducer';
import { chatList } from './list.svelte';
import { sourceFields, type Sources } from './sources';

/** What a reader wants to say. */
export type Said = {
	content: string;
	/** Data URLs. */
	images?: string[];
	sources?: Sources;
	model?: string | null;
	/** Further models that answer beside `model`. */
	others?: string[];
	/** undefined: under the newest message; null: a new beginning. */
	parent?: string | null;
};

/** A message on its way to the server, shown as sent. The key stays the same however often it is tried. */
export type Outgoing = Said & { key: string; problem: Problem | null };

const pageSize = 40;

/** Also where the page is served without TLS, and the browser hides `randomUUID`. */
function newKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One chat's active branch, with what is being written in it. */
export class Conversation {
	readonly id: string;
	chat = $state.raw<Chat | null>(null);
	messages = $state.raw<Message[]>([]);
	answers = new SvelteMap<string, LiveAnswer>();
	/** Answers that stand beside a shown one, for a view side by side. */
	aside = new SvelteMap<string, Message>();
	outgoing = $state.raw<Outgoing | null>(null);
	/** Sent while an answer was being written; each starts by itself when its turn comes. */
	waiting = $state.raw<WaitingMessage[]>([]);
	older = $state<string | null>(null);
	loading = $state(false);
	loadingOlder = $state(false);
	loaded = $state(false);
	/** The chat could not be loaded. */
	problem = $state.raw<Problem | null>(null);
	/** Something that was asked for in the chat did not happen. */
	notice = $state.raw<Problem | null>(null);
	stopping = $state(false);

	/** Messages whose answer is under way; mostly none, and each row of a long chat asks. */
	readonly #open = $derived(new Set([...this.answers].filter(([, { state }]) => !isOver(state)).map(([id]) => id)));
	/** The answer under way on this branch. */
	readonly running = $derived(
		this.#open.size > 0 ? (this.messages.findLast((message) => this.#open.has(message.id)) ?? null) : null
	);
	/** Every answer under way that can be seen, those beside the branch too. */
	readonly runs = $derived(
		this.#open.size > 0
			? [...this.messages, ...this.aside.values()].filter((message) => this.#open.has(message.id))
			: []
	);
	readonly busy = $derived(this.runs.length > 0 || (this.outgoing !== null && this.outgoing.problem === null));

	#watched = new Map<string, () => void>();
	#loads = 0;
	#waitingLoads = 0;
	/** Of what could not be put in line: the same text again is the same message. */
	#refused: { content: string; key: string } | null = null;

	constructor(id: string, chat: Chat | null = null) {
		this.id = id;
		this.chat = chat;
		// A chat that was made just now has nothing to load.
		this.loaded = chat !== null;
	}

	async load(leaf?: string): Promise<boolean> {
		const load = ++this.#loads;
		this.loading = true;
		void this.loadWaiting();
		try {
			const path = { id: this.id };
			const [chat, page] = await Promise.all([
				take(GET('/api/v1/chats/{id}', { params: { path } })),
				take(GET('/api/v1/chats/{id}/messages', { params: { path, query: { limit: pageSize, leaf } } }))
			]);
			if (load !== this.#loads) return false;
			this.chat = chat;
			this.older = page.next ?? null;
			this.#show(page.items);
			this.problem = null;
			this.loaded = true;
			return true;
		} catch (error) {
			if (load !== this.#loads) return false;
			if (this.loaded) this.notice = asProblem(error);
			else this.problem = asProblem(error);
			return false;
		} finally {
			if (load === this.#loads) this.loading = false;
		}
	}

	async loadOlder() {
		if (!this.older || this.loadingOlder) return;
		this.loadingOlder = true;
		const leaf = this.messages.at(-1)?.id;
		try {
			const query = { limit: pageSize, before: this.older, leaf };
			const page = await take(GET('/api/v1/chats/{id}/messages', { params: { path: { id: this.id }, query } }));
			if (leaf !== this.messages.at(-1)?.id) return;
			this.older = page.next ?? null;
			const known = new Set(this.messages.map((message) => message.id));
			this.#show([...page.items.filter((message) => !known.has(message.id)), ...this.messages]);
		} catch (error) {
			this.notice = asProblem(error);
		} finally {
			this.loadingOlder = false;
		}
	}

	/** Sends a message; with `parent` it starts another branch there. */
	async send(said: Said): Promise<boolean> {
		this.notice = null;
		this.outgoing = { ...said, key: newKey(), problem: null };
		return this.#deliver();
	}

	async loadWaiting() {
		const load = ++this.#waitingLoads;
		try {
			const path = { id: this.id };
			const page = await take(GET('/api/v1/chats/{id}/waiting-messages', { params: { path } }));
			if (load === this.#waitingLoads) this.waiting = page.items;
		} catch (error) {
			// What is shown stays; the next event or visit looks again.
			asProblem(error);
		}
	}

	/** Sends a message to be answered after what runs now. False when it was not taken; then `notice` says why. */
	async queue({ content, images, sources, model, others }: Said): Promise<boolean> {
		const key = this.#refused?.content === content ? this.#refused.key : newKey();
		this.#refused = { content, key };
		await this.#ask(async () => {
			const sent = (await take(
				POST('/api/v1/chats/{id}/messages', {
					params: { path: { id: this.id }, header: { 'Idempotency-Key': key } },
					body: {
						content,
						when_running: 'queue',
						...(model ? { model } : {}),
						...(others?.length ? { others } : {}),
						...(images?.length ? { images } : {}),
						...sourceFields(sources)
					}
				})
			)) as SentMessage;
			this.#refused = null;
			// The answer before it may have ended in the meantime: then nothing had to wait.
			if ('waiting_message' in sent) await this.loadWaiting();
			else this.#accepted(sent);
		});
		return this.#refused === null;
	}

	async changeWaiting(id: string, content: string) {
		await this.#ask(async () => {
			await take(PATCH('/api/v1/waiting-messages/{id}', { params: { path: { id } }, body: { content } }));
		});
		await this.loadWaiting();
	}

	async dropWaiting(id: string) {
		await this.#ask(async () => {
			await take(DELETE('/api/v1/waiting-messages/{id}', { params: { path: { id } } }));
		});
		await this.loadWaiting();
	}

	/** Tries the message that could not be sent once more; the server answers a repeat with what it made the first time. */
	async sendAgain(): Promise<boolean> {
		if (!this.outgoing) return false;
		this.outgoing = { ...this.outgoing, problem: null };
		return this.#deliver();
	}

	/** Gives up a message that could not be sent and answers it, so that it can be written on. */
	takeBack(): Said {
		const said = this.outgoing ?? { content: '' };
		this.outgoing = null;
		return said;
	}

	async #deliver(): Promise<boolean> {
		const outgoing = this.outgoing!;
		const { content, images, sources, model, others, parent, key } = outgoing;
		try {
			const accepted = (await take(
				POST('/api/v1/chats/{id}/messages', {
					params: { path: { id: this.id }, header: { 'Idempotency-Key': key } },
					body: {
						content,
						...(model ? { model } : {}),
						...(others?.length ? { others } : {}),
						...(images?.length ? { images } : {}),
						...sourceFields(sources),
						...(parent === undefined ? {} : { parent_id: parent })
					}
				})
			)) as SentMessage;
			if (this.outgoing?.key === key) this.outgoing = null;
			if ('generation' in accepted) this.#accepted(accepted);
			return true;
		} catch (error) {
			if (this.outgoing?.key === key) this.outgoing = { ...outgoing, problem: asProblem(error) };
			return false;
		}
	}

	async regenerate(message: Message, model: string | null) {
		await this.#ask(async () => {
			const body = model ? { model } : {};
			this.#accepted(
				await take(POST('/api/v1/messages/{id}/regenerate', { params: { path: { id: message.id } }, body }))
			);
		});
	}

	async continue(message: Message) {
		await this.#ask(async () => {
			this.#accepted(
				await take(POST('/api/v1/messages/{id}/continue', { params: { path: { id: message.id } }, body: {} }))
			);
		});
	}

	async stop() {
		const runs = this.runs.flatMap((message) => message.generation ?? []);
		if (runs.length === 0) return;
		this.stopping = true;
		await this.#ask(async () => {
			await Promise.all(
				runs.map(({ id }) => take(POST('/api/v1/generations/{id}/cancel', { params: { path: { id } } })))
			);
		});
		// Shown as stopped when the worker has said so; only a refusal gives the button back.
		if (this.notice) this.stopping = false;
	}

	/** Shows the branch that a sibling stands on, here and on the next visit. */
	async showBranch(sibling: string) {
		await this.#ask(async () => {
			const body = { current_message_id: sibling };
			this.chat = await take(PATCH('/api/v1/chats/{id}', { params: { path: { id: this.id } }, body }));
			await this.load(sibling);
		});
	}

	/** Loads what stands beside an answer. */
	async loadAside(message: Message) {
		const missing = message.together.filter((id) => id !== message.id && !this.aside.has(id));
		if (missing.length === 0) return;
		await this.#ask(async () => {
			const params = (before: string) => ({ path: { id: this.id }, query: { before, limit: 1 } });
			const pages = await Promise.all(
				missing.map((id) => take(GET('/api/v1/chats/{id}/messages', { params: params(id) })))
			);
			for (const found of pages.flatMap((page) => page.items)) this.#putAside(found);
		});
	}

	async delete(message: Message) {
		await this.#ask(async () => {
			await take(DELETE('/api/v1/messages/{id}', { params: { path: { id: message.id } } }));
			this.aside.delete(message.id);
			await this.load();
		});
	}

	async rate(message: Message, rating: Rating | null) {
		await this.#ask(async () => {
			const params = { path: { id: message.id } };
			if (rating) await take(PUT('/api/v1/messages/{id}/rating', { params, body: rating }));
			else await take(DELETE('/api/v1/messages/{id}/rating', { params }));
			const rated = (other: Message) => (other.id === message.id ? { ...other, rating } : other);
			this.messages = this.messages.map(rated);
			const beside = this.aside.get(message.id);
			if (beside) this.aside.set(message.id, { ...beside, rating });
		});
	}

	async chooseModel(model: string) {
		await this.#ask(async () => {
			this.chat = await take(PATCH('/api/v1/chats/{id}', { params: { path: { id: this.id } }, body: { model } }));
		});
	}

	/** Another tab, or an API client, works in this chat too. */
	generationSeen({ id, message_id }: Generation) {
		if (!this.loaded || this.outgoing) return;
		const seen = [...this.messages, ...this.aside.values()];
		if (seen.some((message) => message.id === message_id && message.generation?.id === id)) return;
		void this.load();
	}

	release() {
		for (const unwatch of this.#watched.values()) unwatch();
		this.#watched.clear();
	}

	async #ask(run: () => Promise<void>) {
		this.notice = null;
		try {
			await run();
		} catch (error) {
			this.notice = asProblem(error);
		}
	}

	#accepted({ user_message, assistant_message, generation, others }: Accepted) {
		const answer = this.#beside({ ...assistant_message, generation: assistant_message.generation ?? generation });
		const sent = user_message && this.#beside(user_message);
		// An answer that is made again or goes on stands under a message that is shown already.
		const parent = this.messages.findIndex((message) => message.id === (sent ?? answer).parent_id);
		this.answers.delete(answer.id);
		for (const other of others) this.#putAside(other);
		this.#show([...this.messages.slice(0, parent + 1), ...(sent ? [sent] : []), answer]);
	}

	/** What was accepted just now may know itself alone: the versions that were shown before it are put beside it. */
	#beside(message: Message): Message {
		const shown = this.messages.find((other) => other.parent_id === message.parent_id && other.role === message.role);
		const siblings = [...new Set([...(shown?.siblings ?? []), ...message.siblings])];
		return { ...message, siblings };
	}

	#putAside(message: Message) {
		this.aside.set(message.id, message);
		this.#followIfRunning(message);
	}

	#show(messages: Message[]) {
		const beside = new Set(messages.flatMap((message) => message.together));
		// Where another column becomes the branch, the one that was it stands beside from now on.
		for (const message of this.messages) if (beside.has(message.id)) this.aside.set(message.id, message);
		for (const message of messages) this.aside.delete(message.id);
		this.messages = messages;
		for (const id of this.aside.keys()) if (!beside.has(id)) this.aside.delete(id);
		const shown = new Set([...messages.map((message) => message.id), ...this.aside.keys()]);
		for (const [id, unwatch] of this.#watched) {
			if (shown.has(id)) continue;
			unwatch();
			this.#watched.delete(id);
			this.answers.delete(id);
		}
		for (const message of messages) this.#followIfRunning(message);
	}

	#followIfRunning(message: Message) {
		const { generation } = message;
		if (generation && !isOver(generation.state) && !this.#watched.has(message.id)) this.#follow(message);
	}

	#follow(message: Message) {
		const generation = message.generation!;
		this.stopping = false;
		this.answers.set(message.id, startAnswer(message.content, generation));
		const unwatch = live.watch(`generation:${generation.id}`, {
			onEvents: (events) => {
				const before = this.answers.get(message.id);
				if (!before) return;
				const answer = events.reduce(reduce, before);
				this.answers.set(message.id, answer);
				if (isOver(answer.state)) this.#ended(message.id, answer);
			},
			onLost: () => {
				this.#watched.delete(message.id);
				this.answers.delete(message.id);
				void this.load(this.messages.at(-1)?.id);
			}
		});
		this.#watched.set(message.id, unwatch);
	}

	#ended(id: string, answer: LiveAnswer) {
		this.stopping = false;
		this.#watched.delete(id);
		const ended = (message: Message): Message => {
			if (message.id !== id || !message.generation) return message;
			return {
				...message,
				content: answer.text,
				reasoning: answer.reasoning || message.reasoning,
				citations: answer.citations.length > 0 ? answer.citations : message.citations,
				finish_reason: answer.finishReason,
				generation: {
					...message.generation,
					state: answer.state,
					attempt: answer.cursor?.attempt ?? message.generation.attempt,
					error: answer.error,
					usage: answer.usage
				}
			};
		};
		this.messages = this.messages.map(ended);
		const beside = this.aside.get(id);
		if (beside) this.aside.set(id, ended(beside));
		if (this.runs.length === 0) chatList.busy.delete(this.id);
	}
}

const kept = 8;
const open = new Map<string, Conversation>();

/** The conversation of a chat; the last few stay in memory, so going back to one shows it at once. */
export function conversationFor(id: string, chat: Chat | null = null): Conversation {
	const conversation = open.get(id) ?? new Conversation(id, chat);
	open.delete(id);
	open.set(id, conversation);
	for (const [oldest, other] of open) {
		if (open.size <= kept) break;
		if (other.runs.length > 0) continue;
		other.release();
		open.delete(oldest);
	}
	return conversation;
}

export function forgetConversations() {
	for (const conversation of open.values()) conversation.release();
	open.clear();
}

chatList.onGeneration((event, generation) => {
	if (event === 'generation_started') open.get(generation.chat_id ?? '')?.generationSeen(generation);
});
chatList.onWaiting((id) => void open.get(id)?.loadWaiting());
chatList.onDeleted((id) => {
	open.get(id)?.release();
	open.delete(id);
});
