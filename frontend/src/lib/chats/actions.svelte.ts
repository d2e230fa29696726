import { goto } from '$app/navigation';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Chat } from '$lib/api/types';
import { chatList, type ChatChange } from './list.svelte';

export type Asked = 'move' | 'tags' | 'share' | 'delete';

/** What is done with a chat from a menu: some of it at once, some in a dialog that is drawn once for all menus. */
class ChatActions {
	asked = $state<Asked | null>(null);
	chat = $state.raw<Chat | null>(null);
	problem = $state.raw<Problem | null>(null);
	/** Said to those who do not see the list change. */
	said = $state('');

	ask(what: Asked, chat: Chat) {
		this.chat = chat;
		this.asked = what;
		this.problem = null;
	}

	close() {
		this.asked = null;
	}

	/** True when it was done; otherwise `problem` says why not. */
	async change(chat: Chat, change: ChatChange, said = ''): Promise<boolean> {
		return this.#run(() => chatList.change(chat.id, change), said);
	}

	async remove(chat: Chat): Promise<boolean> {
		return this.#run(() => chatList.remove(chat.id));
	}

	async duplicate(chat: Chat, title: string, message?: string) {
		await this.#run(async () => {
			const copy = await chatList.duplicate(chat.id, title, message);
			await goto(`/chat/${copy.id}`);
		});
	}

	async #run(action: () => Promise<void>, said = ''): Promise<boolean> {
		this.problem = null;
		this.said = '';
		try {
			await action();
			this.said = said;
			return true;
		} catch (error) {
			this.problem = asProblem(error);
			return false;
		}
	}
}

export const chatActions = new ChatActions();
