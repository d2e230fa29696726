/** What went wrong with one request. `code` is stable; `status` 0 means that no answer came at all. */
export class Problem extends Error {
	readonly status: number;
	readonly code: string;
	readonly requestId: string | null;
	/** Seconds after which the server wants to be asked again. */
	readonly retryAfter: number | null;
	readonly fields: Record<string, string>;

	constructor(init: {
		status: number;
		code: string;
		detail?: string;
		requestId?: string | null;
		retryAfter?: number | null;
		fields?: Record<string, string>;
	}) {
		super(init.detail ?? init.code);
		this.status = init.status;
		this.code = init.code;
		this.requestId = init.requestId ?? null;
		this.retryAfter = init.retryAfter ?? null;
		this.fields = init.fields ?? {};
	}

	/** True when sending the same request again can succeed. */
	get passing(): boolean {
		return (
			this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
		);
	}
}

type Body = {
	code?: unknown;
	detail?: unknown;
	title?: unknown;
	request_id?: unknown;
	errors?: unknown;
};

/** Reads a failed answer; also one that a proxy made and that is no problem document. */
export function problemFrom(response: Response, body: unknown): Problem {
	const known = (typeof body === 'object' && body !== null ? body : {}) as Body;
	const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
	const fields: Record<string, string> = {};
	if (Array.isArray(known.errors)) {
		for (const item of known.errors as { field?: unknown; message?: unknown }[]) {
			const field = text(item?.field);
			if (field) fields[field] = text(item.message) ?? '';
		}
	}
	const after = Number(response.headers.get('retry-after'));
	return new Problem({
		status: response.status,
		code: text(known.code) ?? `http_${response.status}`,
		detail: text(known.detail) ?? text(known.title),
		requestId: text(known.request_id) ?? response.headers.get('x-request-id'),
		retryAfter: Number.isFinite(after) && after > 0 ? after : null,
		fields
	});
}

export function asProblem(error: unknown): Problem {
	if (error instanceof Problem) return error;
	// fetch rejects with a TypeError when there was no answer; anything else is a fault of the page.
	const code = error instanceof TypeError ? 'no_connection' : 'page_fault';
	return new Problem({ status: 0, code, detail: error instanceof Error ? error.message : String(error) });
}
