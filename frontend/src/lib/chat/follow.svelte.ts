import { tick } from 'svelte';

/** As far from the bottom as still counts as being there. */
const near = 48;
/** A scroll this soon after the reader's hand was on it is the reader's. */
const handMs = 1_000;

/**
 * Keeps a box at its bottom while the reader is there. Only the reader's own hand leads away from it: text that grows,
 * and a list that learns how high its rows are, move the box too.
 */
export class Follower {
	following = $state(true);
	/** Something came while the reader was elsewhere. */
	more = $state(false);

	#box: HTMLElement | null = null;
	#handAt = -handMs;
	#top = 0;
	#sizes: ResizeObserver | null = null;

	/** Called when something grew and the reader is elsewhere. */
	onElsewhere: () => void = () => {};

	/** For the box that scrolls. */
	readonly box = (node: HTMLElement) => {
		this.#box = node;
		const hand = () => (this.#handAt = performance.now());
		const events = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;
		for (const name of events) node.addEventListener(name, hand, { passive: true });
		const onscroll = () => this.#scrolled();
		node.addEventListener('scroll', onscroll, { passive: true });
		const unwatch = this.watched(node);
		return () => {
			for (const name of events) node.removeEventListener(name, hand);
			node.removeEventListener('scroll', onscroll);
			unwatch();
			this.#box = null;
		};
	};

	/** For whatever in it can grow. */
	readonly watched = (node: HTMLElement) => {
		let there = true;
		// Observers are told in the order of their making. The list's own is made with its first row; told after it, this
		// one finds the height as it will be painted.
		void tick().then(() => {
			if (!there) return;
			this.#sizes ??= new ResizeObserver(() => this.#grew());
			this.#sizes.observe(node);
		});
		return () => {
			there = false;
			this.#sizes?.unobserve(node);
		};
	};

	toBottom() {
		this.following = true;
		this.more = false;
		this.#stick();
	}

	leave() {
		this.following = false;
	}

	#stick() {
		if (!this.#box) return;
		this.#box.scrollTop = this.#box.scrollHeight;
		this.#top = this.#box.scrollTop;
	}

	#grew() {
		if (this.following) this.#stick();
		else this.onElsewhere();
	}

	#scrolled() {
		const box = this.#box;
		if (!box) return;
		const distance = box.scrollHeight - box.scrollTop - box.clientHeight;
		if (distance < near) {
			this.following = true;
			this.more = false;
		} else if (box.scrollTop < this.#top && performance.now() - this.#handAt < handMs) {
			this.following = false;
		}
		this.#top = box.scrollTop;
	}
}
