import { useState } from "preact/hooks";
import { connect } from "../../app/pictures.ts";
import { setState } from "../../app/store.ts";
import { keepToken } from "../../app/token.ts";
import { Modal } from "../../ui/modal.tsx";

/** Asks for the token of the service. */
export function TokenDialog() {
	const [token, setToken] = useState("");
	const submit = (event: SubmitEvent): void => {
		event.preventDefault();
		keepToken(token.trim());
		setState({ dialog: undefined });
		void connect();
	};
	return (
		<Modal title="The service wants a token">
			<form onSubmit={submit} className="form">
				<label htmlFor="token">
					Whoever runs the service has it: it was given with <code>--token</code> or <code>DINOSEG_TOKEN</code>.
				</label>
				<input
					id="token"
					type="password"
					autoComplete="off"
					required
					value={token}
					onInput={({ currentTarget }) => setToken(currentTarget.value)}
				/>
				<button type="submit" className="button is-main">
					Connect
				</button>
			</form>
		</Modal>
	);
}
