import { DinosegError } from "@dinoseg/core/errors";
import { disableTelemetry } from "./telemetry.ts";

/** The device that every installation has. */
export const DEFAULT_DEVICE = "cpu";

/**
 * Throw unless this build of onnxruntime-node knows a device.
 *
 * A device that is known may still be absent from the machine: that shows when a network is opened on it. There is no
 * silent way back to the CPU, though single operators that a device lacks are computed there, as onnxruntime does it.
 *
 * @param name how to call the option in messages.
 * @throws DinosegError OPTION_INVALID
 */
export async function checkDevice(device: string, name = "device"): Promise<void> {
	if (device === DEFAULT_DEVICE) {
		return;
	}
	const known = await supportedDevices();
	if (!known.some((candidate) => candidate.name === device)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${name} must be a device of onnxruntime-node on ${process.platform} ${process.arch}, got "${device}". ` +
				(await describeDevices()),
			{ details: { option: name, value: device, allowed: known.map((candidate) => candidate.name) } },
		);
	}
}

/** A sentence that lists what `device` can be here. */
export async function describeDevices(): Promise<string> {
	const devices = await supportedDevices();
	const names = (bundled: boolean): string =>
		devices
			.filter((device) => device.bundled === bundled)
			.map((device) => device.name)
			.join(", ");
	const separate = names(false);
	const remark = separate === "" ? "" : `; ${separate} if the libraries are installed beside onnxruntime-node`;
	return `Known here: ${names(true)}${remark}.`;
}

/** What this build can compute with. `bundled`: its libraries come with the package. */
async function supportedDevices(): Promise<readonly { readonly name: string; readonly bundled: boolean }[]> {
	disableTelemetry();
	// Loaded only when it is asked for: the main thread needs it for nothing else.
	const { listSupportedBackends } = await import("onnxruntime-node");
	return listSupportedBackends();
}
