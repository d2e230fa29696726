import { chatActions } from './actions.svelte';
import { folders } from './folders.svelte';
import { chatList } from './list.svelte';
import { asProblem } from '$lib/api/problem';

const kind = 'application/x-skein';

/** What is dragged at the left: a chat or a folder. The menus do the same by the keyboard. */
class Dragged {
	what = $state<'chat' | 'folder' | null>(null);
	id = $state('');

	start(event: DragEvent, what: 'chat' | 'folder', id: string) {
		event.dataTransfer?.setData(kind, id);
		if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
		[this.what, this.id] = [what, id];
	}

	end() {
		this.what = null;
	}

	/** True where it can be let go: over a folder, or with null over the list of chats that are in none. */
	fits(folder: string | null): boolean {
		if (this.what === 'chat') return (chatList.find(this.id)?.folder_id ?? null) !== folder;
		if (this.what !== 'folder') return false;
		if (folder === null) return !!folders.find(this.id)?.parent_id;
		return folders.find(this.id)?.parent_id !== folder && folders.fits(this.id, folder);
	}

	over(event: DragEvent, folder: string | null) {
		if (!this.fits(folder)) return;
		event.preventDefault();
		event.stopPropagation();
		if (event.dataTransfer) event.dataTransfer.dropEffect = 'move';
	}

	async drop(event: DragEvent, folder: string | null) {
		if (!this.fits(folder)) return;
		event.preventDefault();
		event.stopPropagation();
		const { what, id } = this;
		this.end();
		if (what === 'chat') {
			const chat = chatList.find(id);
			if (chat) await chatActions.change(chat, { folder_id: folder });
			return;
		}
		try {
			await folders.move(id, folder);
		} catch (error) {
			chatActions.problem = asProblem(error);
		}
	}
}

export const dragged = new Dragged();
