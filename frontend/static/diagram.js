// Draws one diagram for the page around it. This document is served with a policy of its own: an origin that is nobody's,
// no network, no storage; so what a diagram's source makes Mermaid do stays in here.
(() => {
	let loaded;

	const load = (address) =>
		(loaded ??= new Promise((resolve, reject) => {
			const script = document.createElement('script');
			script.src = address;
			script.onload = () => resolve(globalThis.mermaid);
			script.onerror = () => reject(new Error('the program that draws did not come'));
			document.head.append(script);
		}));

	const say = (message) => parent.postMessage(message, '*');

	async function draw({ source, dark, program }) {
		const mermaid = await load(program);
		document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
		mermaid.initialize({
			startOnLoad: false,
			securityLevel: 'strict',
			theme: dark ? 'dark' : 'neutral',
			fontFamily: 'system-ui, sans-serif',
			htmlLabels: false,
			flowchart: { htmlLabels: false },
			maxTextSize: 50000,
			suppressErrorRendering: true
		});
		const { svg } = await mermaid.render('drawing', source);
		document.body.innerHTML = svg;
		const drawing = document.body.querySelector('svg');
		const tell = () => {
			const { width, height } = drawing.getBoundingClientRect();
			say({ kind: 'drawn', width, height: Math.ceil(height) });
		};
		// A frame that is not shown yet gets no observations, and it is shown once its height is known.
		tell();
		new ResizeObserver(tell).observe(drawing);
	}

	addEventListener('message', (event) => {
		if (event.source !== parent) return;
		draw(event.data).catch((error) => say({ kind: 'failed', message: String(error?.message ?? error) }));
	});
	say({ kind: 'ready' });
})();
