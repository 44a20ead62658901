import { useEffect, useState } from "preact/hooks";
import { sayError } from "../../app/toasts.ts";
import { takeFiles } from "./open-files.ts";

/** A photograph that comes with the studio. */
interface Example {
	readonly name: string;
	readonly title: string;
}

/** Photographs to begin with. */
export function Examples() {
	const [examples, setExamples] = useState<readonly Example[]>([]);
	useEffect(() => {
		// Without them the page works as well.
		fetch("examples/examples.json")
			.then((answer) => (answer.ok ? answer.json() : []))
			.then(setExamples)
			.catch(() => undefined);
	}, []);
	const open = async ({ name }: Example): Promise<void> => {
		try {
			const bytes = await (await fetch(`examples/${name}`)).blob();
			await takeFiles([new File([bytes], name, { type: bytes.type })]);
		} catch (error) {
			sayError(error);
		}
	};
	return (
		<ul className="examples" aria-label="Example photographs">
			{examples.map((example) => (
				<li key={example.name}>
					<button type="button" onClick={() => void open(example)}>
						<img src={`examples/${example.name}`} alt="" loading="lazy" width="96" height="72" />
						<span>{example.title}</span>
					</button>
				</li>
			))}
		</ul>
	);
}
