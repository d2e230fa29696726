const mark = /\[(\d{1,3})\]/g;

/** Makes buttons of the numbers in brackets that stand for one of `count` passages. What is code stays as it is. */
export function drawCites(root: HTMLElement, count: number, label: (number: number) => string) {
	if (count === 0) return;
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	const texts: Text[] = [];
	while (walker.nextNode()) {
		const text = walker.currentNode as Text;
		if (text.data.includes('[') && !text.parentElement!.closest('code, pre, a, .math')) texts.push(text);
	}
	for (const text of texts) {
		const parts: Node[] = [];
		let end = 0;
		for (const match of text.data.matchAll(mark)) {
			const number = Number(match[1]);
			if (number < 1 || number > count) continue;
			parts.push(document.createTextNode(text.data.slice(end, match.index)));
			const button = document.createElement('button');
			button.type = 'button';
			button.className = 'cite';
			button.dataset.cite = String(number);
			button.textContent = String(number);
			button.setAttribute('aria-label', label(number));
			parts.push(button);
			end = match.index + match[0].length;
		}
		if (parts.length > 0) text.replaceWith(...parts, document.createTextNode(text.data.slice(end)));
	}
}
