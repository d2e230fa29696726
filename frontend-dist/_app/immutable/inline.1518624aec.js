// Before the first paint, so that the page does not flash in the other theme.
var chosen = null;
try {
	chosen = localStorage.getItem('skein.theme');
} catch (e) {}
if (chosen === 'light' || chosen === 'dark' || chosen === 'contrast')
	document.documentElement.dataset.theme = chosen;
var parts = {"/":["/_app/immutable/assets/frame.BMwgSAGv.css","/_app/immutable/chunks/CaW60Ku_.js","/_app/immutable/nodes/2.CUOVR04T.js","/_app/immutable/nodes/5.DxVw8pKN.js"],"/chat/":["/_app/immutable/assets/chat.BR0rEM10.css","/_app/immutable/assets/frame.BMwgSAGv.css","/_app/immutable/chunks/CaW60Ku_.js","/_app/immutable/chunks/Dp5v5dS0.js","/_app/immutable/nodes/18.DfBvo6hD.js","/_app/immutable/nodes/2.CUOVR04T.js"],"/sign-in":["/_app/immutable/nodes/32.ISG15H9H.js"]};
var path = location.pathname.replace(/^\/chat\/.+/, '/chat/');
(Object.hasOwn(parts, path) ? parts[path] : []).forEach(function (part) {
	var link = document.createElement('link');
	link.rel = part.endsWith('.css') ? 'preload' : 'modulepreload';
	if (link.rel === 'preload') link.as = 'style';
	link.href = part;
	document.head.append(link);
});
