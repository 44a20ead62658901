export {
	createNetworkSession,
	type NetworkRun,
	type NetworkSession,
	type NetworkSessionOptions,
} from "./network-session.ts";
