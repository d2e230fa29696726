import { kept } from '$lib/kept';

const key = kept.side;

/** What of the frame is shown: the list as a column or a rail on wide screens, as a drawer on narrow ones. */
class Frame {
	collapsed = $state(localStorage.getItem(key) === 'rail');
	drawer = $state(false);
	narrow = $state(false);

	constructor() {
		const query = matchMedia('(max-width: 820px)');
		this.narrow = query.matches;
		query.addEventListener('change', () => {
			this.narrow = query.matches;
			this.drawer = false;
		});
	}

	toggle() {
		this.collapsed = !this.collapsed;
		localStorage.setItem(key, this.collapsed ? 'rail' : 'open');
	}
}

export const frame = new Frame();
